// A talk held without a network. What is said lives in this page's memory only; at the end it is sealed to the service's public key, and
// from then on nothing on this phone can open it. Without the person's word nothing is kept.
"use strict";
(function () {
  const at = document.getElementById("pocket").dataset;
  const root = document.getElementById("content");
  let deck = null, key = null, officer = "", device = "", base = "", sounds = {}, tongue = "en", talk = null, waiting = 0, aside = 0, note = "", busy = false;

  // ---- the store: sealed parcels, and what is no secret (the public key, whose session it was)
  function store() {
    return new Promise((done, fail) => {
      const ask = indexedDB.open("pocket", 1);
      ask.onupgradeneeded = () => { ask.result.createObjectStore("sealed", { keyPath: "id" }); ask.result.createObjectStore("known"); };
      ask.onsuccess = () => done(ask.result);
      ask.onerror = () => fail(ask.error);
    });
  }
  // done only when the transaction is on the disk (durability strict), not when it was accepted
  async function write(name, work) {
    const base = await store();
    try {
      await new Promise((done, fail) => {
        const act = base.transaction(name, "readwrite", { durability: "strict" });
        act.oncomplete = done;
        act.onabort = act.onerror = () => fail(act.error);
        work(act.objectStore(name));
      });
    } finally { base.close(); }
  }
  async function read(name, work) {
    const base = await store();
    try {
      return await new Promise((done, fail) => {
        const ask = work(base.transaction(name).objectStore(name));
        ask.onsuccess = () => done(ask.result);
        ask.onerror = () => fail(ask.error);
      });
    } finally { base.close(); }
  }

  // ---- numbers and seals
  function number() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let ms = Date.now();
    for (let place = 5; place >= 0; place--) { bytes[place] = ms % 256; ms = Math.floor(ms / 256); }
    bytes[6] = (bytes[6] & 15) | 112;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
  function joined() {
    const whole = new Uint8Array(Array.prototype.reduce.call(arguments, (sum, one) => sum + one.length, 0));
    let place = 0;
    for (const one of arguments) { whole.set(one, place); place += one.length; }
    return whole;
  }
  // the envelope of havre.trust.vault.server_keys, form 1: P-256, HKDF-SHA-256, AES-256-GCM bound to the number
  async function seal(id, words) {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = await crypto.subtle.importKey("jwk", key.jwk, curve, true, []);
    const receiver = new Uint8Array(await crypto.subtle.exportKey("raw", theirs));
    const mine = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const sender = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
    const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
    const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const coder = new TextEncoder();
    const how = { name: "HKDF", hash: "SHA-256", salt: joined(sender, receiver), info: coder.encode("havre envelope 1") };
    const lock = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const head = new Uint8Array([1, key.version >> 8, key.version & 255]);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const bound = joined(head, coder.encode(id));
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: bound }, lock, coder.encode(words));
    return joined(head, sender, nonce, new Uint8Array(body)).buffer;
  }

  // ---- drawing
  function h(tag, facts) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(facts || {})) {
      if (name === "click" || name === "change") { made.addEventListener(name, value); }
      else if (value === true) { made.setAttribute(name, ""); }
      else if (value !== false && value !== null && value !== undefined) { made.setAttribute(name, value); }
    }
    for (const child of Array.prototype.slice.call(arguments, 2).flat()) { if (child) { made.append(child); } }
    return made;
  }
  const w = (name) => deck.words[tongue][name];
  const listed = (name) => deck.lists[name][tongue];
  function show() {
    document.documentElement.lang = tongue;
    document.title = w("title");
    const bar = h("div", { class: "bar" },
      h("button", { type: "button", id: "leave", click: leave }, w("leave")),
      h("button", { type: "button", id: "dim", "aria-pressed": String(document.body.classList.contains("dim")), click: dim }, w("dim")));
    const warn = talk && talk.practice ? h("p", { class: "practice", role: "note" }, w("practising")) : null;
    root.replaceChildren(bar, warn || "", h("div", { class: "stack" }, Array.prototype.slice.call(arguments).flat().filter(Boolean)));
    scrollTo(0, 0);
    root.focus();
  }
  function button(id, words, click, kind) { return h("button", { type: "button", id: id, class: kind || "full", click: click }, words); }
  function choice(name, label, rows, empty) {
    const field = h("select", { id: "f-" + name, autocomplete: "off", change: () => { talk[name] = field.value; } },
      empty ? h("option", { value: "" }, "—") : null, rows.map(([value, words]) => h("option", { value: value, selected: talk[name] === value }, words)));
    if (!empty && !talk[name]) { talk[name] = rows[0][0]; }
    return h("label", {}, label, field);
  }
  function tick(name, label) {
    const field = h("input", { type: "checkbox", id: "f-" + name, autocomplete: "off", checked: Boolean(talk[name]), change: () => { talk[name] = field.checked; } });
    return h("label", { class: "pick" }, field, h("span", {}, label));
  }
  function typed(name, label, kind) {
    const field = h("input", { type: kind, id: "f-" + name, autocomplete: "off", maxlength: "40", change: () => { talk[name] = field.value; } });
    field.value = talk[name] || "";
    return h("label", {}, label, field);
  }

  // ---- the first page
  function home() { talk = null; return refresh(); }
  // a sending that ends while somebody talks must not take their page away
  async function refresh() {
    waiting = await read("sealed", (all) => all.count());
    if (talk) { return; }
    show(h("h1", {}, w("title")),
      note ? h("p", { class: "note", role: "status", id: "note" }, note) : null,
      h("p", { id: "waiting" }, h("span", { class: "count", id: "count" }, String(waiting)), " ", w("waiting")),
      aside ? h("p", { id: "aside" }, h("b", {}, String(aside)), " ", w("aside"), " ", h("a", { href: at.aside }, w("see_aside"))) : null,
      key ? null : h("p", { class: "note" }, w("no_key")),
      button("begin", w("begin"), () => { start(false); }, "main full big"),
      button("send", w("send"), () => { note = ""; send(); }),
      h("a", { class: "btn full", href: at.login }, w("sign_in")),
      officer ? h("a", { class: "btn full", id: "home", href: at.home }, w("home")) : null,
      button("practice", w("practice"), () => { start(true); }),
      button("tongue", w("language"), () => { tongue = tongue === "en" ? "fr" : "en"; home(); }),
      h("p", { class: "quiet" }, w("wipe_why")),
      button("wipe", w("wipe"), wipe, "full warn"));
  }

  // ---- before the first card
  function start(practice) {
    talk = { practice: practice, answers: {}, card: 0, origin: "said", asked: tongue, informed: false };
    note = "";
    before([]);
  }
  function before(missing) {
    show(h("h1", {}, w("begin")),
      missing.length ? h("div", { class: "note", role: "alert", id: "missing" }, h("p", {}, w("missing")), h("ul", {}, missing.map((one) => h("li", {}, one)))) : null,
      choice("situation", w("where"), listed("situation")),
      choice("profile", w("set"), listed("profile")),
      choice("place", w("place"), listed("place"), true),
      choice("language", w("talk"), Object.entries(deck.talk), true),
      tick("informed", w("informed")), tick("private", w("private")), tick("interpreter", w("interpreter")), tick("interpreter_checked", w("checked")),
      choice("danger", w("danger"), listed("danger"), true),
      choice("care", w("care"), [["true", w("yes")], ["false", w("no")]], true),
      tick("urgent_done", w("done")),
      typed("group", w("group"), "text"), typed("person", w("person"), "number"),
      typed("gender", w("gender"), "text"), typed("age", w("age"), "number"),
      choice("age_basis", w("basis"), listed("basis"), true), tick("minor", w("minor")),
      button("cards", w("cards"), () => { go(false); }, "main full big"),
      button("pictures", w("pictures"), () => { go(true); }, "full big"),
      button("home", w("back"), () => { home(); }));
  }
  function rights() {
    const urgent = talk.care === "true" || talk.danger === "immediate";
    return [
      talk.informed && talk.language ? "" : w("why_informed"),
      talk.private && (!talk.interpreter || talk.interpreter_checked) ? "" : w("why_private"),
      talk.danger && talk.care && (!urgent || talk.urgent_done) ? "" : w("why_needs"),
    ].filter(Boolean);
  }
  function go(pictures) {
    const missing = rights();
    if (missing.length) { before(missing); return; }
    const row = deck.cards[talk.situation][talk.profile];
    const known = new Set(row.concat(deck.cards.full[talk.profile]).map((place) => deck.signs[place][0]));
    talk.pictures = pictures;
    talk.deck = pictures ? deck.ask.prompts.filter((one) => known.has(one.sign)) : row.map((place) => ({ sign: deck.signs[place][0], place: place }));
    talk.card = 0;
    card();
  }

  // ---- one card
  function card() {
    if (talk.card >= talk.deck.length) { keep([]); return; }
    if (talk.pictures) { picture(); } else { words(); }
  }
  function answer(sign, value, origin) { talk.answers[sign] = { s: sign, a: value, o: value === "yes" || value === "no" ? origin : "", t: new Date().toISOString() }; }
  function step(by) { talk.card = Math.max(0, talk.card + by); card(); }
  function words() {
    const one = talk.deck[talk.card], there = talk.answers[one.sign];
    const told = (deck.other[talk.profile] || {})[one.place] || deck.signs[one.place].slice(1);
    show(h("p", { class: "quiet", id: "place" }, (talk.card + 1) + " / " + talk.deck.length),
      h("h1", {}, told[tongue === "fr" ? 1 : 0]),
      listed("answer").map(([value, label]) => h("button", { type: "button", class: "full big answer", "data-answer": value, "aria-pressed": String(Boolean(there) && there.a === value), click: () => { answer(one.sign, value, talk.origin); step(1); } }, label)),
      h("div", { class: "bar" }, listed("origin").map(([value, label]) => h("button", { type: "button", class: "origin", "data-origin": value, "aria-pressed": String(talk.origin === value), click: () => { talk.origin = value; words(); } }, label))),
      h("div", { class: "bar" }, button("back", w("back"), () => { step(-1); }, ""), button("next", w("next"), () => { step(1); }, ""), button("finish", w("finish"), () => { talk.card = talk.deck.length; card(); }, "")));
  }
  function picture() {
    const one = talk.deck[talk.card], ask = deck.ask, said = talk.asked;
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    drawn.setAttribute("class", "picture"); drawn.setAttribute("role", "img"); drawn.setAttribute("aria-label", one.ask[tongue]);
    use.setAttribute("href", at.pictures + "#" + one.picture); drawn.append(use);
    const met = (value) => () => { answer(one.sign, value === one.met_by ? "yes" : "no", "said"); step(1); };
    const heard = (sounds[said] || {})[one.id];
    show(h("p", { class: "quiet", id: "place" }, (talk.card + 1) + " / " + talk.deck.length),
      h("label", {}, w("person_words"), h("select", { id: "asked", autocomplete: "off", change: (event) => { talk.asked = event.target.value; picture(); } },
        Object.entries(ask.languages).map(([code, name]) => h("option", { value: code, selected: code === said }, name)))),
      drawn,
      h("h1", { class: "ask", lang: said, id: "ask" }, one.ask[said]),
      ask.reviewed.includes(said) ? null : h("p", { class: "quiet", lang: said, id: "unreviewed" }, ask.words.review[said]),
      heard ? button("listen", w("listen"), () => { new Audio(at.sound + said + "/" + heard).play(); }) : null,
      h("button", { type: "button", class: "full huge", lang: said, "data-answer": "yes", click: met("yes") }, "✓ ", ask.words.yes[said]),
      h("button", { type: "button", class: "full huge", lang: said, "data-answer": "no", click: met("no") }, "✗ ", ask.words.no[said]),
      h("button", { type: "button", class: "full big", lang: said, "data-answer": "refused", click: () => { answer(one.sign, "refused", ""); step(1); } }, "– ", ask.words.skip[said]),
      h("div", { class: "bar" }, button("back", w("back"), () => { step(-1); }, ""), button("finish", ask.words.stop[said], () => { talk.card = talk.deck.length; card(); }, "")));
  }

  // ---- what is kept
  function keep(reasons) {
    show(h("h1", {}, w("keep_title")),
      reasons.length ? h("div", { class: "note", role: "alert" }, reasons.map((one) => h("p", {}, one))) : null,
      talk.pictures ? h("p", { class: "ask", lang: talk.asked }, deck.ask.words.keep[talk.asked]) : null,
      h("p", {}, w("keep_ask")),
      choice("kept", w("because"), listed("kept"), true),
      button("keep", w("keep"), save, "main full big"),
      button("discard", w("discard"), () => { note = w("discarded"); home(); }, "full big"),
      h("p", { class: "quiet" }, w("low")),
      button("back", w("back"), () => { step(-1); }));
  }
  // the how-manieth form of this phone: taken from the disk and put back in one transaction, so that no two have the same
  async function place() {
    let mine = 1;
    await write("known", (all) => { const ask = all.get("seq"); ask.onsuccess = () => { mine = (ask.result || 0) + 1; all.put(mine, "seq"); }; });
    return mine;
  }
  function told(seq) {
    const age = parseInt(talk.age, 10), person = parseInt(talk.person, 10);
    const put = new Set(talk.deck.map((one) => one.sign));
    // a card that was in the set and was never put is "not asked": that is not silence, and no refusal
    for (const sign of put) { if (!talk.answers[sign]) { answer(sign, "not_asked", ""); } }
    return JSON.stringify({
      form: deck.form, edition: deck.edition, situation: talk.situation, profile: talk.profile, language: talk.language, place: talk.place || "",
      informed: Boolean(talk.informed), private: Boolean(talk.private), interpreter: Boolean(talk.interpreter), interpreter_checked: Boolean(talk.interpreter_checked),
      danger: talk.danger || "", care: talk.care ? talk.care === "true" : null, urgent_done: Boolean(talk.urgent_done),
      gender: talk.gender || "", age: Number.isInteger(age) ? age : null, age_basis: talk.age_basis || "", minor: Boolean(talk.minor),
      kept: talk.kept, at: new Date().toISOString(), officer: officer, answers: Object.values(talk.answers),
      device: device, seq: seq, base: base, group: talk.group || "", person: Number.isInteger(person) && person > 0 ? person : null,
    });
  }
  async function save() {
    if (busy) { return; }
    if (!talk.kept) { keep([w("keep_ask")]); return; }
    if (talk.practice) { note = w("practising"); home(); return; }
    if (!key) { keep([w("no_key")]); return; }
    busy = true;
    const id = number();
    try {
      const body = await seal(id, told(await place()));
      await write("sealed", (all) => all.put({ id: id, body: body, saved: Date.now() }));
    } catch (failed) {
      busy = false;
      keep([w("unsaved")]);
      return;
    }
    busy = false;
    note = w("saved");
    await home();
    root.dataset.saved = id;
    send();
  }

  // ---- sending: each parcel by itself; one that fails never holds up the next
  let sending = false;
  async function send() {
    if (sending) { return; }
    sending = true;
    try { note = await sendAll() || note; } finally { sending = false; }
    await refresh();
  }
  async function sendAll() {
    let door;
    try { door = await fetch(at.door, { redirect: "manual", cache: "no-store" }); } catch (none) { return w("offline"); }
    if (door.status === 403) { return w("not_yours"); }
    if (!door.ok) { return door.type === "opaqueredirect" ? w("signed_out") : w("failed"); }
    const mine = await door.json();
    aside = mine.aside;
    officer = mine.officer;
    base = mine.at;
    await write("known", (all) => { all.put(officer, "officer"); all.put(base, "base"); });
    let failed = 0;
    for (const id of await read("sealed", (all) => all.getAllKeys())) {
      const one = await read("sealed", (all) => all.get(id));
      if (!one) { continue; }
      try {
        const answer = await fetch(at.send, {
          method: "POST", redirect: "manual", body: one.body,
          headers: { "X-CSRFToken": mine.token, "Parcel-Number": id, "Phone-Clock": new Date().toISOString(), "Content-Type": "application/octet-stream" },
        });
        if (answer.type === "opaqueredirect") { return w("signed_out"); }
        if (!answer.ok) { failed++; continue; }
        const told = await answer.json();
        if (told.state === "aside" && !told.again) { aside++; }
        // only an answer that says what became of it lets go of it
        if (told.state) { await write("sealed", (all) => all.delete(id)); }
      } catch (none) { failed++; }
    }
    return failed ? w("failed") : w("sent");
  }

  // ---- leaving
  function dim() { document.body.classList.toggle("dim"); document.getElementById("dim").setAttribute("aria-pressed", String(document.body.classList.contains("dim"))); }
  function leave() {
    talk = null;
    document.documentElement.hidden = true;
    root.replaceChildren();
    location.replace(navigator.onLine ? at.leave : "about:blank");
  }
  async function wipe() {
    talk = null; key = null; officer = ""; device = ""; base = "";
    document.documentElement.hidden = true;
    root.replaceChildren();
    const gone = new Promise((done) => { const ask = indexedDB.deleteDatabase("pocket"); ask.onsuccess = ask.onerror = ask.onblocked = done; });
    await Promise.allSettled([gone, caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))]);
    const workers = await navigator.serviceWorker.getRegistrations();
    await Promise.allSettled(workers.map((one) => one.unregister()));
    try { localStorage.clear(); sessionStorage.clear(); } catch (refused) { /* storage is off: nothing to clear */ }
    try { await fetch(at.gone, { cache: "no-store", headers: { "Wipe": "1" } }); } catch (none) { /* no network: what is on the phone is gone all the same */ }
    location.replace(navigator.onLine ? at.leave : "about:blank");
  }

  // ---- opening
  async function open() {
    if (navigator.languages.some((one) => one.startsWith("fr"))) { tongue = navigator.languages[0].startsWith("fr") ? "fr" : "en"; }
    document.documentElement.lang = tongue;
    deck = await (await fetch(at.deck)).json();
    key = await read("known", (all) => all.get("key")) || null;
    officer = await read("known", (all) => all.get("officer")) || "";
    base = await read("known", (all) => all.get("base")) || "";
    device = await read("known", (all) => all.get("device")) || "";
    if (!device) { device = number(); await write("known", (all) => all.put(device, "device")); }
    await home();
    if ("serviceWorker" in navigator) { navigator.serviceWorker.register(at.worker, { scope: at.page, updateViaCache: "none" }).catch(() => {}); }
    if (navigator.storage && navigator.storage.persist) { navigator.storage.persist(); }
    try {
      const fresh = await (await fetch(at.key, { cache: "no-store" })).json();
      sounds = fresh.sounds;
      if (fresh.jwk) {
        key = { version: fresh.version, jwk: fresh.jwk };
        await write("known", (all) => all.put(key, "key"));
      }
      await refresh();
    } catch (none) { /* no network, or no key yet: the page says which */ }
    if (waiting) { send(); }
    root.dataset.ready = "yes";
  }
  addEventListener("online", () => { send(); });
  setInterval(() => { if (waiting && navigator.onLine) { send(); } }, 60000);
  open();
})();
