"use strict";
(function () {
  const told = JSON.parse(document.getElementById("graph").textContent);
  const svg = document.querySelector("svg"), world = document.getElementById("world");
  if (!told.nodes.length || !svg) return;
  const body = document.body, side = document.getElementById("side"), near = document.getElementById("near");
  const words = document.getElementById("words");
  const dots = [], at = [], links = told.nodes.map(() => []);
  for (const dot of document.querySelectorAll("#nodes .n")) {
    const number = +dot.dataset.n;
    dots[number] = dot;
    at[number] = dot.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
  }
  told.edges.forEach((edge) => { links[edge[0]].push(edge); links[edge[1]].push(edge); });
  const listed = {};
  for (const link of document.querySelectorAll("#list a")) listed[link.dataset.n] = link;
  body.classList.add("live");
  document.getElementById("find").hidden = false;

  let scale = 1, x = 0, y = 0, chosen = null;
  const draw = () => world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
  const point = (event) => {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [p.x, p.y];
  };
  const zoom = (by, px, py) => {
    const wanted = Math.min(Math.max(scale * by, 0.4), 12), real = wanted / scale;
    x = px - (px - x) * real; y = py - (py - y) * real; scale = wanted; draw();
  };
  const middle = () => { const box = svg.viewBox.baseVal; return [box.width / 2, box.height / 2]; };
  const all = () => {
    scale = 1; x = y = 0;
    if (svg.clientWidth < 600) { scale = 2.6; const [mx, my] = middle(); x = mx - at[0][0] * scale; y = my - at[0][1] * scale; }
    draw();
  };
  const centre = (number) => {
    const [mx, my] = middle();
    scale = Math.max(scale, svg.clientWidth < 600 ? 2.6 : 1.4); x = mx - at[number][0] * scale; y = my - at[number][1] * scale; draw();
  };

  const element = (name, text, parent) => {
    const made = document.createElement(name);
    if (text !== undefined) { made.textContent = text; made.dir = "auto"; }
    if (parent) parent.append(made);
    return made;
  };
  const other = (edge, number) => (edge[0] === number ? edge[1] : edge[0]);
  const spell = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

  function choose(number, move) {
    chosen = number;
    for (const dot of dots) dot.classList.remove("on", "me");
    for (const key in listed) listed[key].removeAttribute("aria-current");
    near.replaceChildren();
    body.classList.toggle("chosen", number !== null);
    side.hidden = number === null;
    if (number === null) return;
    dots[number].classList.add("on", "me");
    listed[number].setAttribute("aria-current", "true");
    for (const edge of links[number]) {
      const end = other(edge, number), line = document.createElementNS(svg.namespaceURI, "line");
      dots[end].classList.add("on");
      const values = { x1: at[number][0], y1: at[number][1], x2: at[end][0], y2: at[end][1], "stroke-width": Math.min(0.6 + Math.sqrt(edge[3]) / 3, 5) };
      for (const name in values) line.setAttribute(name, values[name]);
      near.append(line);
    }
    tell(number);
    if (move) centre(number);
  }

  function tell(number) {
    const node = told.nodes[number];
    side.replaceChildren();
    element("h2", node.name, side);
    element("p", node.kind + (node.mentions ? `, named ${spell(node.mentions, "time")}` : ""), side);
    if (node.aliases.length) element("p", "also " + node.aliases.join(", "), side);
    const days = links[number].map((edge) => [edge[5], edge[6]]).flat().filter(Boolean).sort();
    if (days.length) element("p", days[0] === days[days.length - 1] ? days[0] : `${days[0]} to ${days[days.length - 1]}`, side);
    section("Goes with", links[number].slice().sort((a, b) => b[3] - a[3]).slice(0, 24), (edge, item) => {
      const button = element("button", told.nodes[other(edge, number)].name, item);
      button.type = "button";
      button.addEventListener("click", () => choose(other(edge, number), true));
      const type = edge[2] === "related_to" ? "" : edge[2].replaceAll("_", " ") + ", ";
      element("small", ` ${type}${spell(edge[4], "day")}, last ${edge[6]}`, item);
    });
    section("Last moments", node.moments, (moment, item) => {
      element("span", moment.name, item);
      element("small", " " + moment.day, item);
    });
  }

  function section(title, held, fill) {
    if (!held.length) return;
    element("h3", title, side);
    const list = element("ul", undefined, side);
    for (const each of held) fill(each, element("li", undefined, list));
  }

  const pointers = new Map();
  let moved = 0, far = 0;
  svg.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, point(event)); moved = 0; far = 0;
  });
  svg.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = point(event);
    pointers.set(event.pointerId, now);
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (moved > 4) svg.setPointerCapture(event.pointerId);
    if (pointers.size === 1) { x += now[0] - before[0]; y += now[1] - before[1]; draw(); return; }
    const [a, b] = [...pointers.values()], wide = Math.hypot(a[0] - b[0], a[1] - b[1]);
    if (far) zoom(wide / far, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    far = wide;
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => { pointers.delete(event.pointerId); far = 0; });
  svg.addEventListener("click", (event) => {
    if (moved > 6) return;
    const dot = event.target.closest(".n");
    choose(dot ? +dot.dataset.n : null, false);
  });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), ...point(event));
  }, { passive: false });
  document.getElementById("in").addEventListener("click", () => zoom(1.4, ...middle()));
  document.getElementById("out").addEventListener("click", () => zoom(1 / 1.4, ...middle()));
  const afresh = () => { words.value = ""; for (const key in listed) listed[key].parentElement.hidden = false; choose(null); all(); };
  document.getElementById("all").addEventListener("click", afresh);
  document.getElementById("list").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) { event.preventDefault(); choose(+link.dataset.n, true); svg.scrollIntoView({ block: "nearest" }); }
  });

  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f\s._-]/g, "").toLowerCase();
  const spoken = told.nodes.map((node) => [node.name, ...node.aliases].map(plain));
  words.addEventListener("input", () => {
    const wanted = plain(words.value);
    for (const key in listed) listed[key].parentElement.hidden = !!wanted && !spoken[key].some((each) => each.includes(wanted));
    const ranks = spoken.map((names, number) => [names.some((each) => each === wanted) ? 0 : names.some((each) => each.startsWith(wanted)) ? 1 : names.some((each) => each.includes(wanted)) ? 2 : 3, number]);
    const best = ranks.reduce((one, two) => (two[0] < one[0] ? two : one));
    if (wanted && best[0] < 3) choose(best[1], true); else choose(null);
  });
  all();
  document.getElementById("find").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") afresh();
    if (event.key === "/" && document.activeElement !== words) { event.preventDefault(); words.focus(); }
  });
})();
