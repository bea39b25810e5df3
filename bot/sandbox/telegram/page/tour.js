// The guided tour. Steps tick themselves off: the sandbox says what has really happened.

import {el, byId, icon} from "./dom.js";
import {filled, lang, word} from "./words.js";
import {state} from "./state.js";

const CLOSED = "tour-closed";
let unfolded = false; // the list below the bar on narrow screens
let shown = "";
let said = null; // how many steps were done when something was last said
let redraw = () => {};

export const toggled = (callback) => (redraw = callback);

const isClosed = () => sessionStorage.getItem(CLOSED) === "1";

// The steps and their words; the stranger of the world is the one who is let in.
function steps() {
  const stranger = state.world.people.find((person) => person.role === "stranger");
  return state.world.tour.map(({step, done}) => ({
    step, done, text: filled(word("steps")[step] ?? step, {name: stranger?.name, id: stranger?.id}),
  }));
}

export function drawTour() {
  const all = steps();
  const sign = JSON.stringify([all, isClosed(), unfolded, lang()]);
  if (sign === shown) return;
  shown = sign;
  const focused = document.activeElement?.dataset?.testid;
  const [column, bar] = ["column", "bar"].map((place) => document.querySelector(`[data-tour="${place}"]`));
  column.replaceChildren(...(all.length ? (isClosed() ? [opener()] : wide(all)) : []));
  bar.replaceChildren(...(all.length && !isClosed() ? narrow(all) : []));
  if (focused?.startsWith("tour-")) refocus(focused);
  say(all);
}

// A rebuilt part keeps the focus; what is gone hands it to what brings it back.
function refocus(testid) {
  const candidates = [...document.querySelectorAll(`[data-testid="${testid}"], [data-testid="tour-open"], [data-testid="panel-open"]`)];
  const seen = candidates.filter((node) => node.offsetParent);
  (seen.find((node) => node.dataset.testid === testid) ?? seen[0])?.focus({preventScroll: true});
}

// Tell whoever cannot see the ticks, but not again what was so when the page was opened.
function say(all) {
  const done = all.filter((step) => step.done).length;
  if (said !== null && done > said && !isClosed()) {
    const next = all.find((step) => !step.done);
    byId("tour-said").textContent = next ? `${count(all)}. ${word("stepNext")}: ${next.text}` : `${word("tourDone")}. ${word("tourEnd")}`;
  }
  said = done;
}

const count = (all) => `${word("tour")}: ${all.filter((step) => step.done).length}/${all.length}`;

const close = (closed) => {
  sessionStorage.setItem(CLOSED, closed ? "1" : "");
  unfolded = false;
  redraw();
};

const closer = () =>
  el("button", {type: "button", class: "round quiet", "aria-label": word("tourClose"), title: word("tourClose"),
    data: {testid: "tour-close"}, onclick: () => close(true)}, icon("close"));

const opener = () =>
  el("button", {type: "button", class: "tour-open", data: {testid: "tour-open"}, onclick: () => {
    document.body.classList.remove("panel-open");
    close(false);
  }}, icon("flag"), word("tourOpen"));

// For the panel, where a narrow page has no column beside the phone.
export const tourOpener = () =>
  state.world.tour.length && isClosed() ? el("div", {class: "tour-again"}, opener()) : el("div", {hidden: true});

function wide(all) {
  return [
    el("section", {class: "tour-column", "aria-labelledby": "tour-title-wide"},
      el("header", {}, el("h2", {id: "tour-title-wide"}, count(all)), closer()),
      list(all), end(all)),
  ];
}

function narrow(all) {
  const next = all.find((step) => !step.done);
  const toggle = el("button", {type: "button", class: "tour-toggle", "aria-expanded": String(unfolded), "aria-controls": "tour-list",
    data: {testid: "tour-toggle"}, onclick: () => ((unfolded = !unfolded), redraw())},
    el("span", {class: "unseen"}, count(all)),
    el("span", {class: "tour-count", "aria-hidden": "true"}, next ? `${all.filter((step) => step.done).length}/${all.length}` : icon("check")),
    el("span", {class: "tour-next", data: {testid: "tour-next"}},
      next ? (unfolded ? word("tour") : next.text) : word("tourDone")),
    icon("down"));
  return [
    el("section", {class: `tour-bar ${unfolded ? "unfolded" : ""}`, "aria-label": word("tour"), data: {testid: "tour"}},
      el("div", {class: "tour-head"}, toggle, closer()),
      el("div", {id: "tour-list", class: "tour-list", tabindex: "0", hidden: !unfolded}, list(all), end(all))),
  ];
}

const list = (all) => {
  const next = all.find((step) => !step.done);
  return el("ol", {class: "tour-steps", "aria-label": word("tourSteps")}, ...all.map((step, at) =>
    el("li", {class: step.done ? "done" : step === next ? "next" : "", "aria-current": step === next ? "step" : null,
      data: {testid: "tour-step", step: step.step, done: String(step.done)}},
      el("span", {class: "tour-mark", "aria-hidden": "true"}, step.done ? icon("check") : String(at + 1)),
      el("span", {}, step.text, step.done ? el("span", {class: "unseen"}, ` — ${word("stepDone")}`) : null))));
};

const end = (all) => (all.every((step) => step.done) ? el("p", {class: "tour-end"}, `${word("tourDone")}. ${word("tourEnd")}`) : null);
