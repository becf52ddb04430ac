// The site's films: each is fetched as a script beside the page, once, when its picture comes near,
// and played in the picture's place. On the page of all explorers the address opens one.
"use strict";

const courseFilms = (() => {
  const root = document.documentElement.dataset.content_root ?? "./";
  const films = new Map(); // by name: what is promised, and how it is kept
  const NEAR = "600px"; // below the window: its controls are there before it is seen

  function asked(name) {
    if (!films.has(name)) {
      const film = {};
      film.promise = new Promise((resolve, reject) => {
        film.resolve = resolve;
        const script = document.createElement("script");
        script.src = `${root}films/${name}.js`;
        script.onerror = () => reject(new Error("Its film is not beside this page."));
        document.head.append(script);
      });
      films.set(name, film);
    }
    return films.get(name).promise;
  }

  function arrived(name, packed) {
    films.get(name)?.resolve(packed);
  }

  async function open(element, name, options) {
    try {
      return await courseFilm.open(element, await asked(name), options);
    } catch (error) {
      films.delete(name);
      const note = document.createElement("p");
      note.setAttribute("role", "alert");
      note.textContent = `This picture does not move: ${error.message}`;
      element.append(note);
      return null;
    }
  }

  // --- in a chapter -----------------------------------------------------------------------------

  function whenNear(figures) {
    const watcher = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        open(target.querySelector(".course-player"), target.dataset.film, { scrolls: true });
      }
    }, { rootMargin: NEAR });
    for (const figure of figures) watcher.observe(figure);
  }

  // --- on the page of all explorers ---------------------------------------------------------------

  const BROAD = 2.5; // of width to height: such a picture has its controls below, not beside

  // The name and the state in an address. The state keeps its %: it is read once only.
  function parted(hash) {
    let text = hash.slice(1);
    try {
      if (!text.includes("?")) text = decodeURIComponent(text);
    } catch { /* it is no name, and is said as it is */ }
    const [name, ...state] = text.split("?");
    return [name, state.join("?")];
  }

  function stageOf(dialog) {
    const part = (name) => dialog.querySelector(`.course-stage-${name}`);
    const whole = dialog.querySelector(".course-stage");
    const address = { name: null, player: null };
    const cards = [...document.querySelectorAll("article[data-film]")];
    const said = document.querySelector(".course-said");

    function leave() {
      if (document.fullscreenElement) document.exitFullscreen();
      part("film").replaceChildren();
      const left = cards.find((card) => card.dataset.film === address.name);
      Object.assign(address, { name: null, player: null });
      if (location.hash) history.replaceState(null, "", "#");
      left?.querySelector("a").focus();
    }

    async function follow() {
      const [name, state] = parted(location.hash);
      const card = cards.find((one) => one.dataset.film === name);
      const odd = name && !card && !document.getElementById(name);
      said.textContent = odd
        ? `The address asks for ${name}, which is not here. All explorers are shown.` : "";
      if (!card) {
        if (dialog.open) dialog.close();
        return;
      }
      if (address.name === name && address.player) {
        address.player.follow(state);
        return;
      }
      Object.assign(address, { name, player: null });
      part("name").textContent = card.querySelector(".course-name").textContent;
      part("more").textContent = card.querySelector(".course-more")?.textContent ?? "";
      part("from").replaceChildren(card.closest("section").querySelector("a.course-from").cloneNode(true));
      const film = document.createElement("div");
      const picture = card.querySelector("img").cloneNode();
      film.append(picture);
      const [wide, high] = ["width", "height"].map((side) => +picture.getAttribute(side));
      film.style.setProperty("--ratio", wide / high);
      film.classList.toggle("course-broad", wide > BROAD * high);
      part("film").replaceChildren(film);
      if (!dialog.open) dialog.showModal();
      const player = await open(film, name, { address: state });
      if (address.name === name) address.player = player;
    }

    // The address of the state that is shown: what a reader can move, and where it stands.
    function stateNow({ film, at }) {
      const moved = film.tracks.map((track, n) => [track, at[n]])
        .filter(([{ kind, start }, index]) => kind !== "hidden" && index !== start)
        .map(([{ name, texts }, index]) => `${encodeURIComponent(name)}=${encodeURIComponent(texts[index])}`);
      return `#${film.name}${moved.length ? `?${moved.join("&")}` : ""}`;
    }

    part("close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", leave);
    dialog.addEventListener("cancel", (event) => { // Escape: out of the full screen first
      if (!document.fullscreenElement) return;
      event.preventDefault();
      document.exitFullscreen();
    });
    part("large").addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else whole.requestFullscreen();
    });
    document.addEventListener("fullscreenchange", () => {
      part("large").textContent = document.fullscreenElement ? "leave full screen" : "full screen";
    });
    part("link").addEventListener("click", () => {
      if (address.player) history.replaceState(null, "", stateNow(address.player));
      part("said").textContent = "The address of this page now leads to this state.";
      setTimeout(() => { part("said").textContent = ""; }, 4000);
    });
    addEventListener("hashchange", follow);
    follow();
  }

  const ALONE = "article p:has(> img:only-child)"; // a picture that is no link
  const WIDE = `article a.image-reference, .course-film .course-view, .table-wrapper, ${ALONE}`;
  const SCROLLED = `pre, .equation, .table-wrapper, .output, ${ALONE}`;

  // What is wider than its place is scrolled by keys, too; pictures and tables say so.
  function reachable() {
    for (const part of document.querySelectorAll(SCROLLED)) {
      if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
    for (const part of document.querySelectorAll(WIDE)) {
      part.classList.toggle("course-wide", part.scrollWidth > part.clientWidth);
    }
  }

  function begin() {
    reachable();
    addEventListener("resize", reachable);
    document.addEventListener("toggle", reachable, true); // a fold that opens
    whenNear(document.querySelectorAll("figure[data-film]"));
    const dialog = document.getElementById("course-dialog");
    if (dialog) stageOf(dialog);
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();

  return { arrived };
})();
