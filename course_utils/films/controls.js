// The native controls of a film: ranges, some that play, lists, choices and buttons.
"use strict";

const courseControls = (() => {
  const STEP = 400; // milliseconds between two steps of what plays
  let groups = 0;

  function html(name, properties, parent) {
    const node = Object.assign(document.createElement(name), properties);
    parent?.append(node);
    return node;
  }

  function rangeOf(track, moved) {
    const row = html("label", { className: "course-row" });
    html("span", { textContent: track.label }, row);
    const last = track.texts.length - 1;
    const slider = html("input", { type: "range", min: 0, max: last, step: 1 }, row);
    const output = html("output", {}, row);
    slider.addEventListener("input", () => moved(+slider.value));
    return [row, (index) => {
      slider.value = index;
      output.textContent = track.texts[index];
      slider.setAttribute("aria-valuetext", track.texts[index]);
    }];
  }

  // A range and, as its node's `button`, what moves it on by itself until its end or a press.
  function playOf(track, moved) {
    const [row, show] = rangeOf(track, (index) => { stop(); moved(index); });
    const button = html("button", { type: "button" });
    const last = track.texts.length - 1;
    let now = 0;
    let clock = null;
    function name() {
      button.textContent = `${clock === null ? "play" : "pause"} ${track.label}`;
    }
    function stop() {
      clearInterval(clock);
      clock = null;
      name();
    }
    function step() {
      if (now < last && button.isConnected) moved(now + 1);
      if (now >= last || !button.isConnected) stop();
    }
    button.addEventListener("click", () => {
      if (clock !== null) {
        stop();
        return;
      }
      clock = setInterval(step, STEP);
      name();
      moved(now >= last ? 0 : now + 1);
      if (now >= last) stop();
    });
    name();
    row.button = button;
    return [row, (index) => { now = index; show(index); }];
  }

  function listOf(track, moved) {
    const row = html("label", { className: "course-row" });
    html("span", { textContent: track.label }, row);
    const list = html("select", {}, row);
    track.texts.forEach((text, value) => html("option", { value, textContent: text }, list));
    list.addEventListener("change", () => moved(+list.value));
    return [row, (index) => { list.value = index; }];
  }

  function radioOf(track, moved) {
    const box = html("fieldset", { className: "course-choices" });
    html("legend", { textContent: track.label || "your answer" }, box);
    const name = `course-${track.name}-${(groups += 1)}`;
    const buttons = track.texts.map((text, index) => {
      if (!text) return null; // no answer yet
      const label = html("label", {}, box);
      const button = html("input", { type: "radio", name }, label);
      label.append(` ${text}`);
      button.addEventListener("change", () => moved(index));
      return button;
    });
    return [box, (index) => buttons.forEach((button, n) => {
      if (button) button.checked = n === index;
    })];
  }

  function buttonOf(track, moved) {
    const button = html("button", { type: "button" });
    let now = 0;
    if (track.kind === "reveal") {
      Object.assign(button, { textContent: "show the answer", className: "course-primary" });
      button.addEventListener("click", () => moved(1));
      return [button, () => {}];
    }
    button.addEventListener("click", () => moved((now + 1) % track.texts.length));
    return [button, (index) => {
      now = index;
      button.textContent = `${track.label} (${index + 1} of ${track.texts.length})`;
    }];
  }

  const CONTROLS = { range: rangeOf, play: playOf, list: listOf, radio: radioOf, press: buttonOf,
    reveal: buttonOf };

  return { html, CONTROLS };
})();
