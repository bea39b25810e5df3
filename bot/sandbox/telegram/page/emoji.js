// Pictures for the signs a bot likes to use, where the machine has no emoji font of its own.

const COLOURS = {
  "🔴": "#e0453f", "🟠": "#ef8a2e", "🟡": "#e8b931", "🟢": "#35a853", "🔵": "#3f7de0", "⚪": "#c9c9d2", "⚫": "#3b3a45", "🟣": "#8a63d2", "🟤": "#8d5f3d",
};
// Colour and strokes in a field of 24.
const DRAWN = {
  "✅": ["#35a853", "M4 12.5l5 5L20 6.5"],
  "❌": ["#e0453f", "M6 6l12 12M18 6L6 18"],
  "❗": ["#e0453f", "M12 4v10M12 19v.1"],
  "❓": ["#e0453f", "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .6-1.5 1.3-1.5 2.3M12 19v.1"],
  "⚠": ["#d9940a", "M12 4L2.5 20h19zM12 10v5M12 17.7v.1"],
  "⏳": ["#a8823f", "M7 3.5h10M7 20.5h10M8 3.5c0 5 8 7 8 17M16 3.5c0 5-8 7-8 17"],
  "⌛": ["#a8823f", "M7 3.5h10M7 20.5h10M8 3.5c0 5 8 7 8 17M16 3.5c0 5-8 7-8 17"],
  "🔔": ["#d9940a", "M6 17h12l-1.5-2.5V10a4.5 4.5 0 0 0-9 0v4.5zM10.5 20a1.7 1.7 0 0 0 3 0"],
  "🔕": ["#77748a", "M6 17h12l-1.5-2.5V10a4.5 4.5 0 0 0-9 0v4.5zM10.5 20a1.7 1.7 0 0 0 3 0M4 4l16 16"],
  "📱": ["#5b50d6", "M7.5 3h9v18h-9zM11 18h2"],
  "📷": ["#5b50d6", "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6"],
  "🔑": ["#d9940a", "M8 11.5a4 4 0 1 1 3.5 4l-2 2h-2v2H4.5v-3z"],
  "🔒": ["#d9940a", "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  "🔄": ["#3f7de0", "M19.5 9A8 8 0 0 0 5 8M4.5 15A8 8 0 0 0 19 16M5 3.5V8h4.5M19 20.5V16h-4.5"],
  "🔁": ["#3f7de0", "M5 11V9a3 3 0 0 1 3-3h11M16 3l3 3-3 3M19 13v2a3 3 0 0 1-3 3H5M8 21l-3-3 3-3"],
  "♻": ["#35a853", "M19.5 9A8 8 0 0 0 5 8M4.5 15A8 8 0 0 0 19 16M5 3.5V8h4.5M19 20.5V16h-4.5"],
  "🛠": ["#77748a", "M14 6a4 4 0 0 1 5-2l-2.5 3 .5 1.5 1.5.5 2.5-2.5a4 4 0 0 1-5.5 5L8 19a2 2 0 0 1-3-3l7.5-7.5"],
  "🔧": ["#77748a", "M14 6a4 4 0 0 1 5-2l-2.5 3 .5 1.5 1.5.5 2.5-2.5a4 4 0 0 1-5.5 5L8 19a2 2 0 0 1-3-3l7.5-7.5"],
  "👀": ["#3b3a45", "M2.5 12s3.5-6 9.5-6 9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4"],
  "📄": ["#77748a", "M6.5 3h8l4 4v14h-12zM14 3v4.5h4.5M9.5 12h6M9.5 16h6"],
  "📊": ["#3f7de0", "M4 20h16M7 20v-7M12 20V5M17 20v-10"],
  "📈": ["#35a853", "M4 20h16M4 15l5-5 4 3 7-8M16 5h4v4"],
  "📋": ["#77748a", "M8 5H5.5v15.5h13V5H16M9 3h6v4H9zM9 12h6M9 16h6"],
  "🗓": ["#5b50d6", "M4.5 6h15v14.5h-15zM4.5 10.5h15M8.5 3.5V8M15.5 3.5V8M8.5 15.5h3"],
  "📁": ["#d9940a", "M3.5 6h6l2 2.5h9v10.5h-17z"],
  "👤": ["#5b50d6", "M12 4a3.8 3.8 0 1 0 0 7.6A3.8 3.8 0 0 0 12 4M4.5 20.5a7.5 6.5 0 0 1 15 0z"],
  "🌙": ["#d9940a", "M19.5 14.5A8 8 0 1 1 10 4.5a6.5 6.5 0 0 0 9.5 10z"],
  "☀": ["#d9940a", "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3L19 19M19 5l-1.7 1.7M6.7 17.3L5 19"],
  "💤": ["#3f7de0", "M4 12h6l-6 8h6M13 4h7l-7 8h7"],
  "📣": ["#3f7de0", "M4 10v4h4l9 5V5l-9 5zM20 10v4M8 14l1.5 6"],
  "▫": ["#77748a", "M8 8h8v8H8z"],
  "🙋": ["#e08c1a", "M12 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M7 20.5v-5a5 5 0 0 1 10 0v5M17 13l3-4V4"],
  "📌": ["#e0453f", "M9 4h6l-.8 6 3.3 3.2h-11L9.8 10zM12 13.2V20"],
  "ℹ": ["#3f7de0", "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v6M12 7.5v.1"],
  "🚨": ["#e0453f", "M5 20h14M7 20v-6a5 5 0 0 1 10 0v6M12 3v2.5M4 7l2 1.5M20 7l-2 1.5"],
  "🔌": ["#77748a", "M8 3v5M16 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4"],
  "➖": ["#77748a", "M5 12h14"],
  "👉": ["#e08c1a", "M3 9h4v8.5H3M7 10h13M7 13.5h8M7 17h6.5"],
  "📜": ["#a8823f", "M7.5 3.5h11v15a2.3 2.3 0 0 1-4.6 0V17H4v1.5a2 2 0 0 0 2 2h10M11 8h4M11 12h4"],
  "🔇": ["#77748a", "M4 9.5v5h3.5L13 19V5L7.5 9.5zM16.5 9.5l5 5M21.5 9.5l-5 5"],
  "🔢": ["#3f7de0", "M3.5 5h17v14h-17zM7.5 9.5v5M11 9.5h2.5V12H11v2.5h2.5M17 9.5v5"],
  "🤖": ["#5b50d6", "M6 9h12v10H6zM12 5v4M9.5 13v1.5M14.5 13v1.5M3 13v3M21 13v3"],
  "🧹": ["#a8823f", "M20 3.5l-7.5 8M8.5 11l5 5-3 5-7.5-7.5z"],
  "🩹": ["#d98a4e", "M4.5 14.5l10-10a3.5 3.5 0 0 1 5 5l-10 10a3.5 3.5 0 0 1-5-5zM10.3 12v.1M13.7 12v.1M12 10.3v.1M12 13.7v.1"],
  "🩺": ["#3f7de0", "M6 3.5v6a4 4 0 0 0 8 0v-6M10 13.5V16a4.5 4.5 0 0 0 9 0v-2.5M19 9.5a2 2 0 1 0 .1 0"],
  "⬅": ["#3f7de0", "M20 12H5M11 6l-6 6 6 6"],
  "➡": ["#3f7de0", "M4 12h15M13 6l6 6-6 6"],
};
const KNOWN = new RegExp(`(${[...Object.keys(COLOURS), ...Object.keys(DRAWN)].join("|")})\\uFE0F?`, "u");

let needed = null;

// Whether a green circle comes out without green.
function missing() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 20;
  const pen = canvas.getContext("2d", {willReadFrequently: true});
  pen.font = "16px system-ui, sans-serif";
  pen.fillText("🟢", 1, 16);
  const {data} = pen.getImageData(0, 0, 20, 20);
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 60 && data[at + 1] > data[at] + 40) return false;
  return true;
}

function picture(sign) {
  const colour = COLOURS[sign];
  const [stroke, path] = DRAWN[sign] ?? [];
  const shape = colour
    ? `<circle cx="12" cy="12" r="9.5" fill="${colour}"/>`
    : `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>`;
  const node = document.createElement("span");
  node.className = "emoji";
  node.textContent = sign; // stays there for copying and for readers
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${shape}</svg>`;
  node.style.backgroundImage = `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
  return node;
}

// The text as nodes to append.
export function pictured(text) {
  needed ??= missing();
  if (!needed || !KNOWN.test(text)) return [text];
  return text.split(KNOWN).filter(Boolean).map((part) => (COLOURS[part] || DRAWN[part] ? picture(part) : part));
}
