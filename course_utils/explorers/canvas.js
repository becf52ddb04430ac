// A picture that the kernel draws, with handles on it that mouse, finger and arrow keys can move,
// and buttons on it to click.

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEY_STEP = 0.01;
const PATIENCE = 4000; // milliseconds until a move without an answer is worth a sentence
const NO_ANSWER = "No answer from the kernel: if it is busy, wait; if it has stopped, run this cell again.";
const SLIDERS = ".widget-slider";

function put(node, name, value) {
  if (node && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

const PLAYS = { "fa-play": "play or pause", "fa-pause": "play or pause", "fa-stop": "stop" };

// A slider of ipywidgets has no name, and says its value with all digits of a float; what plays it
// are icons.
function speak(explorer) {
  for (const slider of explorer.querySelectorAll(SLIDERS)) {
    const name = slider.querySelector(".widget-label")?.textContent.trim() ?? "";
    const readout = slider.querySelector(".widget-readout");
    const handle = slider.querySelector(".noUi-handle");
    put(handle, "aria-label", name);
    put(handle, "aria-valuetext", readout?.textContent.trim() ?? "");
    if (readout?.isContentEditable) put(readout, "role", "textbox");
    put(readout, "aria-label", `${name}, as a number`);
  }
  for (const button of explorer.querySelectorAll(".widget-play button")) {
    const icon = [...(button.firstElementChild?.classList ?? [])].find((name) => name in PLAYS);
    if (icon) put(button, "aria-label", PLAYS[icon]);
  }
}

function render({ model, el }) {
  const frame = document.createElement("div");
  const [width, height] = model.get("picture").size;
  const { svg, penOf } = coursePicture;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
  const draw = penOf(svg("defs", {}, picture));
  frame.className = "course-frame";
  frame.style.maxWidth = `${model.get("width")}px`;
  const told = document.createElement("div");
  told.className = "course-told";
  told.setAttribute("role", "status");
  frame.append(picture);
  el.append(frame, told);

  // Whatever has the focus here needs the mark, else JupyterLab takes arrows for "next cell".
  const spoken = new MutationObserver(() => {
    const explorer = el.closest(".course-explorer");
    if (explorer) speak(explorer);
  });
  const attached = new IntersectionObserver(() => {
    const explorer = el.closest(".course-explorer");
    if (!explorer) return;
    explorer.addEventListener("focusin", ({ target }) => {
      target.dataset.lmSuppressShortcuts = "true";
    });
    for (const event of ["pointerdown", "keydown"]) explorer.addEventListener(event, ask);
    spoken.observe(explorer, {
      subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"],
    });
    speak(explorer);
    attached.disconnect();
  });
  attached.observe(frame);

  svg("rect", { width, height, fill: "#fff" }, picture);
  draw(svg("g", {}, picture), model.get("picture").still);
  const marks = model.get("picture").marks.map(() => svg("g", {}, picture));
  function show(numbers) {
    const now = model.get("picture").marks;
    for (const n of numbers) {
      marks[n].replaceChildren();
      draw(marks[n], now[n]);
    }
  }
  const showChanged = () => show(Object.keys(model.get("changed").marks));
  show(marks.keys());
  function describe() {
    picture.setAttribute("aria-label", model.get("alt"));
  }
  if (!globalThis.courseFont) {
    globalThis.courseFont = "asked";
    model.on("msg:custom", install);
    model.send({ wanted: "font" });
  }

  // The kernel answers each move, so that one without an answer can be told.
  let moves = Date.now(); // a page that is opened again does not count the same moves
  let waiting = null;
  function tell(move) {
    moves += 1;
    model.set("drag", { ...move, moves });
    model.save_changes();
    waiting ??= setTimeout(() => { told.textContent = NO_ANSWER; }, PATIENCE);
  }
  function answered() {
    clearTimeout(waiting);
    waiting = null;
    told.textContent = "";
  }
  let asked = 0;
  function ask({ target }) {
    if (frame.contains(target) || waiting !== null || Date.now() - asked < 1000) return;
    asked = Date.now();
    tell({});
  }
  function send(handle, x, y) {
    const inside = (v) => Math.min(1, Math.max(0, v));
    if (Number.isFinite(x) && Number.isFinite(y)) tell({ handle, x: inside(x), y: inside(y) });
  }

  const handles = new Map();
  function makeButton(name) {
    const node = document.createElement("button");
    const place = { node, x: 0, y: 0 };
    node.className = "course-handle course-spot";
    node.type = "button";
    node.addEventListener("click", () => send(name, place.x, place.y));
    node.addEventListener("keydown", (event) => {
      const named = handles.get(event.key);
      if (named) named.node.click();
      // JupyterLab would take Enter for "edit this cell", and a digit for "make this a heading".
      if (named || event.key === "Enter" || event.key === " ") event.stopPropagation();
    });
    frame.append(node);
    return place;
  }
  function makeHandle(name) {
    const node = document.createElement("div");
    const place = { node, x: 0, y: 0 };
    let grip = null;
    node.className = "course-handle";
    node.tabIndex = 0;
    node.setAttribute("role", "slider");
    node.addEventListener("pointerdown", (event) => {
      const box = picture.getBoundingClientRect();
      grip = { x: event.clientX - place.x * box.width, y: event.clientY - place.y * box.height };
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      event.preventDefault();
    });
    node.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const box = picture.getBoundingClientRect();
      send(name, (event.clientX - grip.x) / box.width, (event.clientY - grip.y) / box.height);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      node.addEventListener(end, () => { grip = null; });
    }
    node.addEventListener("keydown", (event) => {
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      place.x += step[0] * KEY_STEP;
      place.y += step[1] * KEY_STEP;
      send(name, place.x, place.y);
    });
    frame.append(node);
    return place;
  }
  function placeHandles() {
    const wanted = model.get("handles");
    const names = new Set(wanted.map((h) => h.name));
    for (const [name, place] of handles) {
      if (!names.has(name)) { place.node.remove(); handles.delete(name); }
    }
    for (const { name, label, value, now, low, high, x, y, width, height } of wanted) {
      if (!handles.has(name)) handles.set(name, width ? makeButton(name) : makeHandle(name));
      const place = handles.get(name);
      if (width) {
        place.node.style.width = `${100 * width}%`;
        place.node.style.height = `${100 * height}%`;
      }
      Object.assign(place, { x, y });
      place.node.style.left = `${100 * x}%`;
      place.node.style.top = `${100 * y}%`;
      place.node.title = label;
      place.node.setAttribute("aria-label", label);
      if (!width) {
        put(place.node, "aria-valuetext", value);
        put(place.node, "aria-valuenow", String(now));
        put(place.node, "aria-valuemin", String(low));
        put(place.node, "aria-valuemax", String(high));
      }
    }
  }

  const listeners = {
    "change:changed": showChanged,
    "change:alt": describe,
    "change:handles": placeHandles,
    "change:heard": answered,
  };
  for (const [event, listener] of Object.entries(listeners)) {
    if (listener !== showChanged) listener();
    model.on(event, listener);
  }
  return () => {
    attached.disconnect();
    spoken.disconnect();
    clearTimeout(waiting);
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
  };
}

// The one font of all pictures: each kernel sends it once to a page.
function install({ font }, buffers) {
  if (!font) return;
  const face = new FontFace("Course", buffers[0].buffer ?? buffers[0]);
  face.load().then(() => document.fonts.add(face), () => {});
}

// Whether a view is open or not, the model holds the whole picture: for a second view, a saved file.
function initialize({ model }) {
  model.on("change:changed", () => {
    const { marks } = model.get("picture");
    for (const [n, operations] of Object.entries(model.get("changed").marks)) marks[n] = operations;
  });
}

export default { initialize, render };
