// Small pieces to build the page from.

// An element: attributes beginning with "on" are listeners, true and false switch an attribute.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

// Make `wanted` the children of `parent` without touching those that stay in place.
export function arrange(parent, wanted) {
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

export function avatar(id, name, {bot = false} = {}) {
  const mark = bot ? "Re" : name.trim().slice(0, 1).toUpperCase();
  const tone = bot ? "bot" : String(Math.abs(id) % 6);
  return el("span", {class: "avatar", data: {tone}, "aria-hidden": "true"}, mark);
}

export function toast(text, kind = "") {
  const note = el("div", {class: `toast ${kind}`, data: {testid: "toast"}}, text);
  byId("toasts").append(note);
  setTimeout(() => note.classList.add("gone"), 2600);
  setTimeout(() => note.remove(), 3000);
}

export function alertDialog(text, button) {
  const dialog = byId("alert");
  dialog.replaceChildren(
    el("p", {dir: "auto"}, text),
    el("button", {type: "button", class: "solid", data: {testid: "alert-ok"}, onclick: () => dialog.close()}, button),
  );
  dialog.showModal();
}

export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", {class: "offscreen"});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(done);
}
