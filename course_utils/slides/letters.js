// Letters in a slide's pictures, as large as the last row needs them: those that are painted smaller
// grow from their left edge, or from where they stay in the picture and off other words.
"use strict";

const courseLetters = (() => {
  const LEAST = 18; // pixels of a slide of 1280 x 720
  const TICK = 16; // numbers at an axis
  const NUMBER = /^−?[\d.,]*%?$|^\d?π(?:\/\d)?$/;
  const ANCHORS = [0, 0.5, 1]; // what stays where it is: the left edge, the middle, the right edge
  const GAP = 1; // of the picture's units, that words keep
  const SIGN = [500, 250]; // a legend's sign is smaller

  const grown = ({ x, y, width, height }, by, from) => ({
    x: x - width * (by - 1) * from, y: y - height * (by - 1) / 2, width: width * by,
    height: height * by,
  });
  const meet = (a, b) => a.x < b.x + b.width - GAP && b.x < a.x + a.width - GAP
    && a.y < b.y + b.height - GAP && b.y < a.y + a.height - GAP;

  function fit(picture) {
    const { width, height } = picture.viewBox.baseVal;
    const scale = Math.min(picture.clientWidth / width, picture.clientHeight / height);
    if (!scale) return; // not in sight yet
    const all = [...picture.querySelectorAll("text")];
    const fresh = all.filter((node) => !("plain" in node.dataset));
    if (!fresh.length) return;
    const boxes = new Map(all.map((node) => [node, node.getBBox()]));
    for (const node of picture.querySelectorAll("path")) {
      if (node.parentNode.hasAttribute("transform") || node.hasAttribute("transform")) continue;
      const box = node.getBBox();
      if (box.width && box.width < SIGN[0] && box.height < SIGN[1]) boxes.set(node, box);
    }
    for (const node of fresh) {
      node.dataset.plain = node.getAttribute("transform") ?? "";
      const number = NUMBER.test(node.textContent);
      const wanted = (number ? TICK : LEAST) / (scale * node.getAttribute("font-size"));
      const box = boxes.get(node);
      const by = Math.min(wanted, width / box.width);
      if (by <= 1) continue;
      const turned = Boolean(node.dataset.plain);
      const inside = (from) => {
        const { x, width: wide } = grown(box, by, from);
        return x >= 0 && x + wide <= width;
      };
      const free = (from) => inside(from) && [...boxes].every(([other, there]) => other === node
        || other.dataset.plain || meet(box, there) || !meet(grown(box, by, from), there));
      const from = turned || number ? 0.5
        : ANCHORS.find(free) ?? ANCHORS.find(inside) ?? box.x / Math.max(1, width - box.width);
      const [x, y] = [box.x + box.width * from, box.y + box.height / 2];
      node.setAttribute("transform", `${node.dataset.plain} translate(${x} ${y}) scale(${by})`
        + ` translate(${-x} ${-y})`);
      if (!turned) boxes.set(node, grown(box, by, from));
    }
  }

  // Fits what a picture shows now and whatever it will show.
  function follow(picture) {
    fit(picture);
    new MutationObserver(() => fit(picture)).observe(picture, { childList: true, subtree: true });
  }

  return { fit, follow };
})();
