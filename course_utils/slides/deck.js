// A deck: reveal.js turns the slides, films play on them. Needs what plays films, and letters.js,
// before it.
"use strict";

(() => {
  const asks = new URLSearchParams(location.search);
  const printed = asks.has("print-pdf") || asks.get("view") === "print";
  // What answers keys by itself: there, arrows and the space bar turn no slide.
  const LIVE = "input, select, button, [role=slider], summary";
  const TURNS = { PageDown: "next", PageUp: "prev" }; // what a presenter's clicker sends

  // Films open when their slide is near: a deck is there at once, however many it has.
  function open(slide) {
    for (const film of slide?.querySelectorAll?.(".film:not([data-opened])") ?? []) {
      film.dataset.opened = "";
      courseFilm.open(film.querySelector(".course-player"), film.querySelector("script").textContent)
        .then(() => courseLetters.follow(film.querySelector(".course-frame > svg")));
      if (film.querySelector(".course-question")) unchosen(film);
    }
  }
  const fit = (part) => part.querySelectorAll(".course-frame > svg, .still > svg")
    .forEach(courseLetters.fit);
  // Of a prediction no answer looks chosen before the room has chosen.
  function unchosen(film) {
    film.classList.add("unchosen");
    film.addEventListener("click", ({ target }) => {
      if (target.matches("[type=radio], .course-primary")) film.classList.remove("unchosen");
    });
  }
  function arrive() {
    if (document.activeElement?.closest?.(".reveal .slides")) document.activeElement.blur();
    const slides = Reveal.getSlides();
    const now = slides.indexOf(Reveal.getCurrentSlide());
    open(slides[now]);
    open(slides[now + 1]);
    fit(slides[now]);
  }

  addEventListener("keydown", (event) => {
    const live = event.target.closest?.(LIVE);
    if (live && event.key === "Escape") {
      live.blur();
      event.stopPropagation();
    } else if (live && TURNS[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      Reveal[TURNS[event.key]]();
    }
  }, true);

  // On a phone slides stand below each other, and reveal.js forgets which one the address asks for.
  const wanted = location.hash.match(/^#\/(\d+)(?:\/(\d+))?$/);

  Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 6, center: false,
    hash: true, transition: "none", backgroundTransition: "none", navigationMode: "linear",
    slideNumber: "c/t", controlsTutorial: false, pdfSeparateFragments: false,
    pdfMaxPagesPerSlide: 1, jumpToSlide: true,
    keyboardCondition: (event) => !event.target?.closest?.(LIVE),
    plugins: [RevealNotes],
  }).then(() => {
    if (printed) { // on paper the picture that stands there is enough
      fit(document);
      return;
    }
    Reveal.on("slidechanged", arrive);
    arrive();
    if (wanted && Reveal.isScrollView()) {
      requestAnimationFrame(() => Reveal.slide(Number(wanted[1]), Number(wanted[2] ?? 0)));
    }
  });
})();
