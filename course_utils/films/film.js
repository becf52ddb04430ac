// A film's file, the states in it, and what an address asks of them. It draws nothing.
"use strict";

const courseFile = (() => {
  const FORMAT = "course film 1";
  const NEAR = 1e-6; // of two numbers that are the same, rounded

  // --- the file ---------------------------------------------------------------------------------

  async function unpack(base64) {
    let film;
    try {
      const bytes = Uint8Array.from(atob(base64.trim()), (c) => c.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      film = JSON.parse(await new Response(stream).text());
    } catch (error) {
      throw new Error(`This film is broken (${error.message}). Get the page anew.`);
    }
    if (film?.format !== FORMAT) {
      throw new Error(`This film's format is ${film?.format}, and this page plays ${FORMAT}.`);
    }
    let whole = false;
    try {
      whole = isWhole(film);
    } catch { /* what is asked of it is not there */ }
    if (!whole) throw new Error("This film is broken (it is not whole). Get the page anew.");
    return film;
  }

  // Whether every part has a state for all that its tracks can be, as film.py wants it, too.
  function isWhole(film) {
    const sizes = sizesOf(film);
    const drawn = (operations) => operations.every(([kind, look]) => (
      kind === "i" || ("pmt".includes(kind) && film.looks[look])));
    const full = ({ uses, at, states }) => {
      const count = uses.reduce((product, track) => product * sizes[track], 1);
      if (!at) return states.length === count;
      return at.length === count && at.every((n) => n in states);
    };
    const handled = film.handles.flatMap(({ place, to }) => [place, ...(to ? [to] : [])]);
    const held = ({ to, moves, ways }) => to || (moves.every((n) => n in film.tracks) && ways);
    return film.size.every((side) => side > 0)
      && film.tracks.every(({ texts, start }) => start in texts)
      && film.handles.every(held)
      && drawn(film.still)
      && film.marks.every((mark) => mark.states.every(drawn))
      && [...film.marks, film.alt, film.remark, ...handled].every(full);
  }

  // --- states -----------------------------------------------------------------------------------

  function sizesOf({ tracks, quiz }) {
    const sizes = tracks.map((track) => track.texts.length);
    if (quiz) sizes.push(quiz.answers.length + 1, quiz.answers.length + 1, sizes[quiz.answers[0]]);
    return sizes;
  }

  // The index of each track's value, and the quiz's three numbers behind them.
  function statesOf(film) {
    const sizes = sizesOf(film);
    const { quiz } = film;
    const at = film.tracks.map((track) => track.start);
    function count() {
      if (!quiz) return;
      const answers = quiz.answers.map((track) => at[track]);
      const given = answers.filter((answer) => answer > 0);
      const key = quiz.key[at[quiz.by]];
      const right = answers.filter((answer, n) => answer === key[n]).length;
      at.splice(film.tracks.length, 3, given.length, right, given.at(-1) ?? 0);
    }
    count();
    return {
      at,
      number(part) {
        const n = part.uses.reduce((sum, track) => sum * sizes[track] + at[track], 0);
        return part.at ? part.at[n] : n;
      },
      of(part) {
        return part.states[this.number(part)];
      },
      move(changes) {
        for (const [track, index] of changes) {
          at[track] = index;
          for (const other of film.tracks[track].resets) at[other] = film.tracks[other].start;
        }
        count();
      },
    };
  }

  // --- an address: #phi=0&inner_lr=1 ------------------------------------------------------------

  const numberOf = (text) => (text.trim() === "" ? NaN : Number(text.replace("−", "-")));

  function isExact(track, index, wanted) {
    return track.texts[index].toLowerCase() === wanted.toLowerCase()
      || Math.abs(track.numbers[index] - numberOf(wanted)) < NEAR;
  }

  // The index of the value that is wanted, by its words or its number, or that nearest to it on a
  // slider; -1 where there is none.
  function indexOf(track, wanted) {
    const same = (text) => text.toLowerCase() === wanted.toLowerCase();
    const word = track.texts.findIndex(same);
    if (word >= 0 || !track.numbers) return word;
    const number = numberOf(wanted);
    const far = track.numbers.map((value) => Math.abs(value - number));
    const least = Math.min(...far);
    const inside = number >= Math.min(...track.numbers) && number <= Math.max(...track.numbers);
    return least < NEAR || (inside && isRange(track)) ? far.indexOf(least) : -1;
  }

  const isRange = (track) => track.kind === "range" || track.kind === "play";

  // What there is of a track, in words.
  function range(track) {
    const texts = track.texts.filter((text) => text);
    return isRange(track) ? `it goes from ${texts[0]} to ${texts.at(-1)}`
      : `there are ${texts.join(", ")}`;
  }

  // What an address asks for: the changes, and a sentence on what is not as it asks.
  function asked(film, address) {
    const odd = (what) => ({ changes: [], note: `The address asks for ${what}. The start is shown.` });
    const tracks = film.tracks.map((track, n) => ({ ...track, n }))
      .filter(({ kind, numbers }) => kind !== "hidden" || numbers);
    const changes = new Map();
    const notes = [];
    for (const [name, wanted] of new URLSearchParams(address.replace(/^#/, ""))) {
      const track = tracks.find((one) => one.name === name);
      if (!track) {
        const names = tracks.filter((one) => one.kind !== "hidden").map((one) => one.name);
        return odd(`${name}, which is not here: there are ${names.join(", ")}`);
      }
      if (changes.has(track.n)) return odd(`${name} twice`);
      const index = indexOf(track, wanted);
      if (index < 0) return odd(`${name} = ${wanted}, which is not here: ${range(track)}`);
      changes.set(track.n, index);
      if (!isExact(track, index, wanted)) {
        notes.push(`${name} = ${wanted} is not here: the nearest, ${track.texts[index]}, is shown.`);
      }
    }
    return { changes: [...changes], note: notes.join(" ") };
  }

  return { unpack, statesOf, asked };
})();
