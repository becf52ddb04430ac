// A white square to draw on. It sends lines, not pixels: lists of points [x, y], each from 0 to 1.

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEY_STEP = 0.04;
const SIDE = 448; // pixels of the canvas, twice those on the page
const PEN = 0.09; // the pen's width as a share of the side
const NEAR = 0.006; // a point nearer than this to the last one adds nothing
const LABEL = "Drawing pad. Draw with mouse or finger. With the keyboard: arrow keys move the pen, " +
  "the space bar puts it down and lifts it, Delete clears the pad.";

function render({ model, el }) {
  const canvas = document.createElement("canvas");
  const said = document.createElement("div");
  canvas.className = "course-pad";
  canvas.width = canvas.height = SIDE;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", LABEL);
  canvas.title = "draw here";
  said.className = "course-pad-said";
  said.setAttribute("role", "status");
  el.append(canvas, said);

  const pen = { x: 0.5, y: 0.5, down: false, byKey: false };
  let line = null; // the stroke that is being drawn

  function trace(context, stroke) {
    context.beginPath();
    context.moveTo(SIDE * stroke[0][0], SIDE * stroke[0][1]);
    for (const [x, y] of stroke) context.lineTo(SIDE * x, SIDE * y);
    context.stroke();
  }
  function show() {
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, SIDE, SIDE);
    Object.assign(context, { lineWidth: PEN * SIDE, lineCap: "round", lineJoin: "round" });
    context.strokeStyle = "#222222";
    const strokes = line ? [...model.get("strokes"), line] : model.get("strokes");
    for (const stroke of strokes) trace(context, stroke);
    if (pen.byKey && document.activeElement === canvas) showPen(context);
    said.textContent = message(strokes.length);
  }
  function showPen(context) {
    context.beginPath();
    context.arc(SIDE * pen.x, SIDE * pen.y, 14, 0, 2 * Math.PI);
    Object.assign(context, { lineWidth: 5, strokeStyle: "#0072b2", fillStyle: "#0072b2" });
    context.stroke();
    if (pen.down) context.fill();
  }
  function message(count) {
    if (pen.byKey) return pen.down ? "pen down: arrow keys draw" : "pen up: space puts it down";
    if (!count) return "empty: draw a character";
    return count === 1 ? "1 stroke" : `${count} strokes`;
  }
  function begin(point) {
    line = [point];
    show();
  }
  function extend(point) {
    const [x, y] = line[line.length - 1];
    if (Math.hypot(point[0] - x, point[1] - y) >= NEAR) line.push(point);
  }
  function end() {
    if (!line) return;
    const strokes = [...model.get("strokes"), line];
    line = null;
    model.set("strokes", strokes);
    model.save_changes();
    show();
  }
  function lift() {
    pen.down = false;
    end();
  }
  function place(event) {
    const box = canvas.getBoundingClientRect();
    const share = (v) => Math.round(1000 * Math.min(1, Math.max(0, v))) / 1000;
    return [
      share((event.clientX - box.left) / box.width),
      share((event.clientY - box.top) / box.height),
    ];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    lift();
    pen.byKey = false;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    event.preventDefault();
    begin(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!line || pen.down || !event.isPrimary) return;
    for (const each of event.getCoalescedEvents?.() ?? []) extend(place(each));
    extend(place(event));
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => { if (event.isPrimary && !pen.down) end(); });
  }
  canvas.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (step) {
      const move = (v, by) => Math.round(1000 * Math.min(1, Math.max(0, v + by * KEY_STEP))) / 1000;
      pen.byKey = true;
      Object.assign(pen, { x: move(pen.x, step[0]), y: move(pen.y, step[1]) });
      if (pen.down) extend([pen.x, pen.y]);
    } else if (event.key === " ") {
      pen.byKey = true;
      if (pen.down) lift();
      else { pen.down = true; begin([pen.x, pen.y]); }
    } else if (event.key === "Delete" || event.key === "Backspace") {
      pen.down = false;
      line = null;
      model.set("strokes", []);
      model.save_changes();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    show();
  });
  canvas.addEventListener("focus", () => {
    canvas.dataset.lmSuppressShortcuts = "true"; // else JupyterLab takes the keys
    show();
  });
  canvas.addEventListener("blur", () => { lift(); pen.byKey = false; show(); });

  show();
  model.on("change:strokes", show);
  return () => model.off("change:strokes", show);
}

export default { render };
