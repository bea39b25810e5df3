// Every word of the page in both languages. The world's language decides, else the chosen person's;
// before either is known the browser's.

const WORDS = {
  ru: {
    speakAs: "Вы —", anonymous: "анонимно в группе", outside: "Мир снаружи", chats: "Чаты",
    owner: "владелец", operator: "оператор", viewer: "наблюдатель", stranger: "посторонний",
    members: ["участник", "участника", "участников"], bot: "бот", typing: "печатает…",
    uploadPhoto: "отправляет фото…", empty: "Здесь пока тихо", start: "Запустить бота",
    unblock: "Разблокировать бота", notMember: "Вы не в этой группе", write: "Сообщение",
    send: "Отправить", back: "К списку чатов", commands: "Команды бота", noCommands: "Бот пока не опубликовал команд",
    edited: "изменено", loud: "со звуком", silent: "без звука", pinned: "Закреплённое сообщение",
    onlyYou: "Видите только вы", protected: "Нельзя переслать или сохранить", reveal: "Показать фото",
    photo: "Фото", file: "Файл", copied: "Скопировано", reply: "Ответить", edit: "Изменить",
    remove: "Удалить", more: "Действия с сообщением", close: "Закрыть", cancel: "Отмена", ok: "Понятно",
    replyTo: "Ответ", editing: "Изменение сообщения", toEnd: "К последнему сообщению", unread: "непрочитанных",
    today: "Сегодня", yesterday: "Вчера", allTopics: "Все темы", general: "General", opensLink: "откроется ссылка",
    copies: "копирует текст", you: "Вы", noAnswer: "Бот не ответил на нажатие", anonAdmin: "администратор группы",
    joined: "теперь в группе", left: "больше не в группе", pins: "закрепляет", migrated: "Группа стала супергруппой",
    topicOpened: "Тема создана", topicClosed: "Тема закрыта", topicReopened: "Тема снова открыта",
    offline: "Песочница не отвечает. Пробуем снова…", reminder: "сейчас",
    messenger: "Мессенджер", aboutTitle: "Re:pair в песочнице",
    about: "Настоящий бот, а вокруг него маленькие Telegram и WhatsApp на этом компьютере. Ничего не уходит наружу.",
    tour: "Экскурсия", tourDone: "Экскурсия пройдена", tourClose: "Закрыть экскурсию", tourOpen: "Показать экскурсию",
    tourSteps: "Шаги экскурсии", stepDone: "сделано", stepNext: "Дальше",
    tourEnd: "Теперь ломайте остальное: шлюз, Telegram, ключи.",
    steps: {
      lose: "Откройте «Мир снаружи» и отвяжите у компании устройство.",
      alert: "Дождитесь тревоги в группе.",
      code: "Нажмите под ней «Сбросить…», потом «Сбросить и показать QR».",
      scan: "В «Мире снаружи» нажмите «Отсканировать код».",
      proof: "Дождитесь, пока бот убедится: тревога станет зелёной.",
      status: "Напишите /status: кто на связи.",
      let_in: "Впустите второго: напишите /grant {id} operator, наверху выберите «{name}» и запустите бота.",
    },
    gateway: "Шлюз", telegram: "Telegram", companies: "Компании", files: ["файл", "файла", "файлов"], qrAlive: "QR живой",
    noPanel: "Пульт шлюза не подключён.", panelAway: "Пульт шлюза не отвечает.",
    normal: "Всё хорошо", tooMany: "429 на 30 с", slow: "Медленно", outage: "Недоступен", failing: "Ошибка 500",
    place: "Этот чат", botAdmin: "Бот — админ", botMember: "Бот — участник", kickBot: "Выгнать бота", addBot: "Вернуть бота",
    blockBot: "Заблокировать бота", join: "Добавить в группу: {name}", leave: "Удалить из группы: {name}", failed: "Не вышло",
    rights: "Участникам можно", rightWords: "Сообщения", rightPhotos: "Фото", rightFiles: "Файлы",
    states: {connected: "на связи", connecting: "подключается", disconnected: "нет связи", awaiting_scan: "ждёт QR",
      awaiting_passkey: "ждёт passkey", logged_out: "устройство отвязано", stopped: "остановлена", failed: "сломана", unknown: "неясно"},
  },
  en: {
    speakAs: "You are", anonymous: "anonymously in the group", outside: "Outside world", chats: "Chats",
    owner: "owner", operator: "operator", viewer: "viewer", stranger: "stranger",
    members: ["member", "members", "members"], bot: "bot", typing: "typing…",
    uploadPhoto: "sending a photo…", empty: "Nothing here yet", start: "Start the bot",
    unblock: "Unblock the bot", notMember: "You are not in this group", write: "Message",
    send: "Send", back: "Back to the chats", commands: "Bot commands", noCommands: "The bot has published no commands yet",
    edited: "edited", loud: "with sound", silent: "silent", pinned: "Pinned message",
    onlyYou: "Only you see this", protected: "Cannot be forwarded or saved", reveal: "Show the photo",
    photo: "Photo", file: "File", copied: "Copied", reply: "Reply", edit: "Edit",
    remove: "Delete", more: "Message actions", close: "Close", cancel: "Cancel", ok: "OK",
    replyTo: "Reply", editing: "Editing a message", toEnd: "To the latest message", unread: "unread",
    today: "Today", yesterday: "Yesterday", allTopics: "All topics", general: "General", opensLink: "opens a link",
    copies: "copies a text", you: "You", noAnswer: "The bot did not answer the press", anonAdmin: "group administrator",
    joined: "is in the group now", left: "has left the group", pins: "pinned", migrated: "The group became a supergroup",
    topicOpened: "Topic opened", topicClosed: "Topic closed", topicReopened: "Topic open again",
    offline: "The sandbox does not answer. Trying again…", reminder: "now",
    messenger: "Messenger", aboutTitle: "Re:pair in the sandbox",
    about: "The real bot between a small Telegram and a small WhatsApp on this machine. Nothing leaves it.",
    tour: "Tour", tourDone: "Tour finished", tourClose: "Close the tour", tourOpen: "Show the tour",
    tourSteps: "Steps of the tour", stepDone: "done", stepNext: "Next",
    tourEnd: "Now break something else: the gateway, Telegram, the keys.",
    steps: {
      lose: "Open “Outside world” and remove a company's device.",
      alert: "Wait for the alert in the group.",
      code: "Press “Reset…” below it, then “Reset and show the QR”.",
      scan: "In “Outside world”, press “Scan the code”.",
      proof: "Wait until the bot has made sure: the alert turns green.",
      status: "Write /status: who is connected.",
      let_in: "Let a second person in: write /grant {id} operator, choose “{name}” at the top, and start the bot.",
    },
    gateway: "Gateway", telegram: "Telegram", companies: "Companies", files: ["file", "files", "files"], qrAlive: "QR alive",
    noPanel: "No gateway controls are connected.", panelAway: "The gateway controls do not answer.",
    normal: "All well", tooMany: "429 for 30 s", slow: "Slow", outage: "Away", failing: "Error 500",
    place: "This chat", botAdmin: "Bot is admin", botMember: "Bot is member", kickBot: "Kick the bot", addBot: "Add the bot",
    blockBot: "Block the bot", join: "Add {name} to the group", leave: "Remove {name} from the group", failed: "Did not work",
    rights: "Members may send", rightWords: "Messages", rightPhotos: "Photos", rightFiles: "Files",
    states: {connected: "connected", connecting: "connecting", disconnected: "disconnected", awaiting_scan: "awaits QR",
      awaiting_passkey: "awaits passkey", logged_out: "device unlinked", stopped: "stopped", failed: "failed", unknown: "unclear"},
  },
};

let language = navigator.language.startsWith("ru") ? "ru" : "en";

export function speak(code) {
  language = code === "ru" ? "ru" : "en";
  document.documentElement.lang = language;
}

export const lang = () => language;

export const word = (name) => WORDS[language][name] ?? name;

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export function plural(name, count) {
  const rule = new Intl.PluralRules(language).select(count);
  const forms = WORDS[language][name];
  return `${count} ${forms[{one: 0, few: 1}[rule] ?? (language === "ru" ? 2 : 1)]}`;
}

export const clockTime = (unix) =>
  new Date(unix * 1000).toLocaleTimeString(language, {hour: "2-digit", minute: "2-digit"});

export function day(unix) {
  const date = new Date(unix * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0) return word("today");
  if (days === 1) return word("yesterday");
  return date.toLocaleDateString(language, {day: "numeric", month: "long"});
}

// Telegram's date_time formats: r is relative; w the weekday, d/D the date, t/T the time.
export function moment(unix, format) {
  const date = new Date(unix * 1000);
  if (format.includes("r")) return relative(unix);
  const shape = {};
  if (format.includes("w")) shape.weekday = format === "w" ? "long" : "short";
  if (format.includes("d")) Object.assign(shape, {day: "2-digit", month: "2-digit", year: "2-digit"});
  if (format.includes("D")) Object.assign(shape, {day: "numeric", month: "long", year: "numeric"});
  if (format.includes("t")) Object.assign(shape, {hour: "2-digit", minute: "2-digit"});
  if (format.includes("T")) Object.assign(shape, {hour: "2-digit", minute: "2-digit", second: "2-digit"});
  return date.toLocaleString(language, shape);
}

function relative(unix) {
  const seconds = Math.round(unix - Date.now() / 1000);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language, {numeric: "auto"}).format(Math.round(seconds / size), unit);
}
