"use strict";
const CACHE = "pocket-{{ version }}", SOUNDS = "pocket-sounds", FILES = {{ files|safe }}, PAGE = "{{ page }}";
self.addEventListener("install", (event) => event.waitUntil(
  caches.open(CACHE).then((kept) => kept.addAll(FILES)).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("pocket-") && name !== CACHE && name !== SOUNDS)
    .map((name) => caches.delete(name)))).then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) { return; }
  const whole = address.pathname + address.search;
  if (event.request.mode === "navigate" && address.pathname === PAGE) { event.respondWith(kept(PAGE, event.request)); }
  else if (FILES.includes(whole)) { event.respondWith(kept(whole, event.request)); }
  else if (address.pathname.startsWith(PAGE + "sound/")) { event.respondWith(heard(event.request)); }
});
async function kept(name, request) {
  return (await caches.match(name, { ignoreVary: true })) || fetch(request);
}
async function heard(request) {
  const there = await caches.match(request.url, { ignoreVary: true });
  if (there) { return there; }
  const answer = await fetch(request.url);
  if (answer.status === 200) { (await caches.open(SOUNDS)).put(request.url, answer.clone()); }
  return answer;
}
