// What the keyboard and the clipboard add to pages that read fully without it.
"use strict";
(() => {
  const root = document.documentElement;
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
  const kept = recall("rem-theme");
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;

  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const isTyping = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");
  const follow = (selector) => { const link = document.querySelector(selector); if (link) location.assign(link.href); };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
    const field = document.querySelector('[data-key="/"]');
    if (event.key === "/" && field) { event.preventDefault(); field.focus(); field.select(); }
    else if (event.key === "ArrowLeft") follow('link[rel="prev"]');
    else if (event.key === "ArrowRight") follow('link[rel="next"]');
    else if (event.key === "t") follow('[data-key="t"]');
  });

  const here = document.querySelector("header nav [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 40;

  const copy = async (link) => {
    const before = link.textContent;
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(answer.statusText);
      await navigator.clipboard.writeText(await answer.text());
      link.textContent = "Copied";
      setTimeout(() => { link.textContent = before; }, 1600);
    } catch { location.assign(link.href); }
  };

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-copy]");
    if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); copy(link); }
  });

  const button = document.querySelector("[data-theme-switch]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; keep("rem-theme", root.dataset.theme); });
  }

  const open = () => {
    const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (place && place.tagName === "DETAILS") place.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
