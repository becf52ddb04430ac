// Plays films: explorers' pictures as SVG, moved by native controls and by handles in the picture,
// with no kernel and no network. It shows recorded states only, and makes up none between them.
// Needs film.js, picture.js and controls.js before it.
"use strict";

const courseFilm = (() => {
  const { svg, penOf } = coursePicture;
  const { html, CONTROLS } = courseControls;
  const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const SCROLLS = [["tabindex", 0], ["role", "group"],
    ["aria-label", "the picture: it scrolls sideways"]];
  const LEAST = 0.002; // of the picture: a nearer place is the same place

  // --- the player -------------------------------------------------------------------------------

  // Plays a film in an element, in the place of what is there. Returns {film, at, move, reset}. With
  // an address the film stands alone. Where it scrolls it is as large as it was drawn on a narrow
  // screen, too.
  function play(film, element, { address = null, scrolls = address !== null } = {}) {
    const [width, height] = film.size;
    const states = courseFile.statesOf(film);
    const { at } = states;
    element.replaceChildren();
    element.classList.add("course-player");
    if (film.question) {
      const question = html("p", { className: "course-question" }, element);
      html("b", { textContent: "Predict. " }, question);
      question.insertAdjacentHTML("beforeend", film.question);
    }
    const view = scrolls ? html("div", { className: "course-view" }, element) : null;
    const frame = html("div", { className: "course-frame" }, view ?? element);
    frame.style.setProperty("--ratio", width / height);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" }, frame);
    const draw = penOf(svg("defs", {}, picture), film);
    svg("rect", { width, height, fill: "#fff" }, picture);
    draw(svg("g", {}, picture), film.still);
    const marks = film.marks.map((part) => (
      { part, shown: -1, seen: new Set(), node: svg("g", {}, picture) }));

    const rows = html("div", { className: "course-rows" }, element);
    const bar = html("div", { className: "course-bar" }, element);
    const controls = [];
    film.tracks.forEach((track, n) => {
      if (!CONTROLS[track.kind]) return;
      const [node, show] = CONTROLS[track.kind](track, (index) => move([[n, index]]));
      (node.tagName === "BUTTON" ? bar : rows).append(node);
      if (node.button) bar.append(node.button);
      controls.push([n, show]);
    });
    const again = html("button", { type: "button", textContent: "reset" }, bar);
    again.addEventListener("click", reset);
    const zoom = view && zoomOf();
    const note = html("p", { className: "course-note" }, element);
    note.setAttribute("aria-live", "polite");
    const says = html("p", { className: "course-says" }, element);
    says.setAttribute("aria-hidden", "true"); // the picture says the same to a screen reader

    const handles = film.handles.map((handle) => (handle.to ? spotOf(handle) : gripOf(handle)));

    // On a narrow screen: the picture as large as it was drawn, or as a whole.
    function zoomOf() {
      view.style.setProperty("--drawn", `${width / 10}px`);
      const button = html("button", { type: "button", className: "course-zoom" }, bar);
      const zoom = (near) => {
        view.classList.toggle("course-near", near);
        button.textContent = near ? "whole picture" : "large picture";
        const grip = frame.querySelector(".course-handle:not([hidden])"); // it comes into view
        if (grip) view.scrollLeft = grip.offsetLeft - view.clientWidth / 2;
      };
      button.addEventListener("click", () => zoom(!view.classList.contains("course-near")));
      new ResizeObserver(() => { // what scrolls is scrolled by keys, too
        const wide = view.scrollWidth > view.clientWidth;
        view.classList.toggle("course-wide", wide);
        for (const [name, value] of SCROLLS) {
          if (wide) view.setAttribute(name, value);
          else view.removeAttribute(name);
        }
      }).observe(frame);
      return zoom;
    }

    // A grip goes to the state in which its own place is nearest to where it is wanted.
    function gripOf(handle) {
      const node = html("div", { className: "course-handle", tabIndex: 0, title: handle.label },
        frame);
      node.setAttribute("role", "slider");
      node.setAttribute("aria-label", handle.label);
      node.setAttribute("aria-valuemin", 0);
      let grip = null;

      function best(cost) {
        const kept = handle.moves.map((track) => at[track]);
        let least = Infinity;
        let found = null;
        const visit = (n) => {
          if (n < handle.moves.length) {
            const track = handle.moves[n];
            for (let i = 0; i < film.tracks[track].texts.length; i += 1) {
              at[track] = i;
              visit(n + 1);
            }
            return;
          }
          const place = states.of(handle.place);
          const here = place ? cost(place[0], place[1]) : Infinity;
          if (here < least - 1e-9) {
            least = here;
            found = handle.moves.map((track) => [track, at[track]]);
          }
        };
        visit(0);
        handle.moves.forEach((track, n) => { at[track] = kept[n]; });
        if (found && found.some(([track, index]) => at[track] !== index)) move(found);
      }
      // A way that moves nothing does not count: a φ on a curve follows the pointer's x.
      const wide = handle.ways.includes("x") ? 1 : 0;
      const tall = handle.ways.includes("y") ? height / width : 0;
      function to(event) {
        const box = picture.getBoundingClientRect();
        const [x, y] = [(event.clientX - grip.x) / box.width, (event.clientY - grip.y) / box.height];
        best((a, b) => Math.hypot((a - x) * wide, (b - y) * tall));
      }
      node.addEventListener("pointerdown", (event) => {
        const box = picture.getBoundingClientRect();
        const [x, y] = states.of(handle.place);
        grip = { x: event.clientX - x * box.width, y: event.clientY - y * box.height };
        node.setPointerCapture(event.pointerId);
        node.focus({ preventScroll: true });
        event.preventDefault();
      });
      node.addEventListener("pointermove", (event) => { if (grip) to(event); });
      for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
        node.addEventListener(end, () => { grip = null; });
      }
      node.addEventListener("keydown", (event) => {
        const way = KEYS[event.key];
        if (!way || event.altKey || event.ctrlKey || event.metaKey) return; // Alt + ←: back
        event.preventDefault();
        event.stopPropagation();
        const [x, y] = states.of(handle.place);
        best((a, b) => {
          const [right, down] = [(a - x) * wide, (b - y) * tall];
          const along = right * way[0] + down * way[1];
          const aside = Math.abs(right * way[1]) + Math.abs(down * way[0]);
          return along > LEAST ? along + 3 * aside : Infinity;
        });
      });
      return () => {
        const place = states.of(handle.place);
        node.hidden = !place;
        if (!place) return;
        const [x, y, value] = place;
        node.style.left = `${100 * x}%`;
        node.style.top = `${100 * y}%`;
        const [first] = handle.moves;
        node.setAttribute("aria-valuemax", film.tracks[first].texts.length - 1);
        node.setAttribute("aria-valuenow", at[first]);
        node.setAttribute("aria-valuetext", value);
      };
    }

    // A place to click. Its name, where it is a digit, is its key, too.
    function spotOf(handle) {
      const node = html("button", { className: "course-handle course-spot", type: "button",
        title: handle.label }, frame);
      node.setAttribute("aria-label", handle.label);
      node.addEventListener("click", () => {
        const to = states.of(handle.to);
        if (to) move(to);
      });
      node.addEventListener("keydown", (event) => {
        const named = [...frame.querySelectorAll(".course-spot")]
          .find((spot) => spot.dataset.key === event.key && !spot.hidden);
        if (named) named.click();
      });
      node.dataset.key = handle.name;
      return () => {
        const place = states.of(handle.place);
        node.hidden = !place || !states.of(handle.to);
        if (node.hidden) return;
        const [x, y, wide, high] = place;
        Object.assign(node.style, { left: `${100 * x}%`, top: `${100 * y}%`,
          width: `${100 * wide}%`, height: `${100 * high}%` });
      };
    }

    function show() {
      for (const mark of marks) {
        const state = states.number(mark.part);
        if (state === mark.shown) continue;
        mark.shown = state;
        if (!mark.part.keeps) mark.node.replaceChildren();
        else if (mark.seen.has(state)) continue;
        mark.seen.add(state);
        draw(mark.node, mark.part.states[state]);
      }
      const alt = states.of(film.alt);
      picture.setAttribute("aria-label", alt);
      says.textContent = alt;
      const remark = states.of(film.remark);
      if (note.textContent !== remark) note.textContent = remark; // each change is read out
      for (const place of handles) place();
      for (const [track, control] of controls) control(at[track]);
    }
    function move(changes) {
      states.move(changes);
      show();
    }
    function reset() {
      for (const mark of marks) {
        if (mark.part.keeps) Object.assign(mark, { shown: -1, seen: new Set() });
        if (mark.part.keeps) mark.node.replaceChildren();
      }
      states.move(film.tracks.map((track, n) => [n, track.start]));
      show();
    }
    function follow(wanted) {
      const { changes, note: said } = courseFile.asked(film, wanted);
      reset();
      move(changes);
      if (said) note.textContent = said;
    }

    show();
    if (address !== null) follow(address);
    if (zoom) zoom(!film.question); // what a question gives and asks for is in sight at once
    element.player = { film, at, move, reset, follow };
    return element.player;
  }

  // Plays the packed film in an element; what is wrong with it is said under the picture there.
  async function open(element, base64, options) {
    try {
      return play(await courseFile.unpack(base64), element, options);
    } catch (error) {
      const note = html("p", { className: "course-note", textContent: error.message }, element);
      note.setAttribute("role", "alert");
      return null;
    }
  }

  return { play, open };
})();
