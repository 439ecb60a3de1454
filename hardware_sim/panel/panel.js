// The panel's page: shows what the events tell, and turns clicks into words (hardware_sim/verbs.py).
"use strict";

const $ = (id) => document.getElementById(id);
const FAULTS = {
  none: "正常 Good", silent: "不出声 Silent", deaf: "听不见 Deaf", noisy: "有杂音 Noisy",
  garbled: "乱码 Garbled", late: "迟到 Late", byte_by_byte: "逐字节 Byte by byte", spoilt: "异常 Spoilt",
};
const DEVICES = {
  "kiosk-pad": "感应区 Pad", "kiosk-nfc": "读卡器 Card reader", "kiosk-scanner": "扫码枪 Scanner",
  "kiosk-idcard": "身份证阅读器 ID reader", "kiosk-printer": "打印机 Printer", "kiosk-counter": "客流计 Counter",
};
const PAPER = { ok: "有纸 OK", low: "纸快完 Low", out: "没纸 Out" };
const CATEGORIES = { child: "儿童", elder: "老人", adult: "" };
const NUMBER = /\b\d{14}(-\d+)?\b/g;
const MOST_SHOWN = 24;
const RECEIPTS_SHOWN = 3;

let books = [];
let titles = {};
let state = null;

async function say(words) {
  const reply = await fetch("say", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ words }),
  }).catch(() => null);
  const told = reply ? await reply.json().catch(() => ({})) : { error: "模拟服务点没有应答 / no answer" };
  $("complaint").textContent = told.error || "";
  $("complaint").hidden = !told.error;
}

function made(tag, content, attributes = {}) {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...[].concat(content));
  return node;
}

function button(content, words) {
  const node = made("button", content, { type: "button" });
  node.dataset.say = words;
  return node;
}

// Replacing what did not change would take the focus, and the touch under way, from it.
function fill(node, key, make) {
  const text = JSON.stringify(key);
  if (node.dataset.key === text) return;
  node.dataset.key = text;
  node.replaceChildren(...make());
}

function whereabouts(labels) {
  const afi = state && state.place.tags[labels[0]];
  if (afi === 7) return made("span", "在馆 In", { className: "state in" });
  if (afi === 194) return made("span", "借出 Out", { className: "state out" });
  return made("span", "—", { className: "state" });
}

function showShelf() {
  const wanted = $("search").value.trim().toLowerCase();
  const lying = new Set(state ? state.place.pad : []);
  const found = books
    .filter((book) => !lying.has(book.labels[0]))
    .filter((book) => !wanted || `${book.title} ${book.author} ${book.id}`.toLowerCase().includes(wanted))
    .slice(0, MOST_SHOWN);
  const key = found.map((book) => [book.id, state && state.place.tags[book.labels[0]]]);
  fill($("shelf"), key, () => found.map((book) => made("li", button(
    [made("span", [book.title, " ", made("small", book.author)]), whereabouts(book.labels)],
    `put ${book.id}`))));
}

function showPad() {
  const place = state.place;
  const key = place.pad.map((label) => [label, place.tags[label]]);
  fill($("pad"), key, () => place.pad.map((label) => {
    const book = titles[label] || { title: label, id: label };
    return made("li", button([`取走《${book.title}》`, whereabouts([label])], `lift ${book.id}`));
  }));
}

function showWires() {
  fill($("wires"), state.place.devices, () => state.place.devices.map((device) => {
    const pull = device.plugged ? button("拔下 Pull", `unplug ${device.name}`)
      : button("插上 Plug in", `plug ${device.name}`);
    pull.setAttribute("aria-pressed", String(!device.plugged));
    const faults = made("select", Object.entries(FAULTS)
      .filter(([name]) => name !== "spoilt" || device.fault === "spoilt")
      .map(([name, words]) => made("option", words, { value: name, selected: name === device.fault })),
    { ariaLabel: "线路故障 fault" });
    faults.addEventListener("change", () => say(`fault ${device.name} ${faults.value}`));
    const name = made("b", [DEVICES[device.name] || device.name, " ", made("small", device.model)]);
    return made("li", [name, faults, pull]);
  }));
}

function showReceipts() {
  const last = state.place.receipts - 1;
  const numbers = [...Array(RECEIPTS_SHOWN).keys()].map((back) => last - back).filter((n) => n >= 0);
  fill($("receipts"), numbers, () => numbers.map((number) =>
    made("img", [], { src: `receipts/${number}.png`, alt: `凭条 receipt ${number + 1}` })));
}

function press(name, value) {
  document.querySelectorAll(`[data-${name}]`).forEach((node) =>
    node.setAttribute("aria-pressed", String(node.dataset[name] === value)));
}

function tell(id, words, good) {
  $(id).textContent = words;
  $(id).className = good ? "" : "bad";
}

function show(told) {
  state = told;
  const place = told.place;
  showPad();
  showShelf();
  showWires();
  showReceipts();
  tell("people", `进 ${place.entries} · 出 ${place.exits}`, true);
  tell("paper", PAPER[place.paper] + (place.cover_open ? " · 盖开着 Open" : ""),
    place.paper === "ok" && !place.cover_open);
  tell("ils", told.ils === "up" ? "正常 OK" : told.ils, told.ils === "up");
  tell("broker", told.broker === "up" ? "正常 OK" : "已断开 Cut", told.broker === "up");
  press("paper", place.paper);
  press("cover", place.cover_open ? "open" : "closed");
  press("ils", told.ils);
  press("broker", told.broker);
  document.querySelectorAll("#readers button").forEach((node) =>
    node.setAttribute("aria-pressed", String(node.dataset.say === `tap ${place.card}`)));
  fill($("log"), told.log, () => told.log.map((line) =>
    made("li", line.replace(NUMBER, (label) => (titles[label] ? `《${titles[label].title}》` : label)))));
  if (told.screen.number) {
    const picture = `screen.png?${told.screen.number}`;
    if (!$("mirror").src.endsWith(picture)) $("mirror").src = picture;
    $("mirror").hidden = false;
    $("dark").hidden = true;
    document.body.dataset.screen = told.screen.name;
  }
}

function listen() {
  const events = new EventSource("events");
  events.onopen = () => { $("link").textContent = "已连接 Live"; $("link").className = "chip"; };
  events.onerror = () => { $("link").textContent = "已断开 Lost"; $("link").className = "chip lost"; };
  events.onmessage = (event) => show(JSON.parse(event.data));
}

async function begin() {
  const things = await (await fetch("things.json")).json();
  books = things.books;
  for (const book of books) for (const label of book.labels) titles[label] = book;
  $("centre").href = things.centre;
  $("readers").replaceChildren(...things.readers.map((reader) => {
    const note = [CATEGORIES[reader.category], reader.note].filter(Boolean).join(" ");
    return button([reader.name, " ", made("span", note, { className: "note" })], `tap ${reader.name}`);
  }));
  listen();
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-say]");
  if (pressed) say(pressed.dataset.say);
});
$("search").addEventListener("input", showShelf);
$("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  say(`scan ${event.target.code.value.trim()}`);
  event.target.reset();
});
$("mirror").addEventListener("click", (event) => {
  const { naturalWidth, clientWidth } = event.target;
  const scale = naturalWidth / clientWidth;
  say(`touch-at ${Math.round(event.offsetX * scale)} ${Math.round(event.offsetY * scale)}`);
});
begin();
