// Answers for a patient's pages while there is no network, from what the patient chose to keep on
// this device (kept.js puts it there). It keeps nothing by itself.

const CACHE = "hep-kept";
const KEPT = "/adherence/kept";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const kept = async (path) => (await caches.open(CACHE)).match(path);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const fresh = () => fetch(request);
  if (request.mode === "navigate" || new URL(request.url).pathname === KEPT) {
    event.respondWith(fresh().catch(async () => (await kept(KEPT)) ?? Response.error()));
  } else {
    event.respondWith(kept(request).then((found) => found ?? fresh()));
  }
});
