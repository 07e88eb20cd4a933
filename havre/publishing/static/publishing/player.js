/* Runs one package of Havre: turns its pages, checks the answers here, and tells the learning platform, if there is one.
   Three platforms: SCORM 1.2 (API), SCORM 2004 4th edition (API_1484_11), cmi5 (xAPI over fetch). Without any it says that nothing is sent.
   An adapter has: mastery (0..100 or null), place (page to go on from), move(page), report(result) → promise of whether it was taken (null:
   the platform records nothing this time), leave(done). A result: score 0..100 or null, passed, answers [{id, stem, options, given, right, correct}], letters a, b, c… for options. */
"use strict";
(() => {
  const root = document.documentElement;
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 10) / 100;
  const two = (number) => String(Math.floor(number)).padStart(2, "0");

  // the platform's object stands in this window, a frame above, or the window that opened us; another host's frames may not be read
  function found(name) {
    for (const start of [window, window.opener]) {
      try {
        for (let one = start, depth = 0; one && depth < 12; one = one.parent === one ? null : one.parent, depth += 1) {
          if (one[name]) return one[name];
        }
      } catch {
        continue;
      }
    }
    return null;
  }

  const whole = (text) => (/^\d+$/.test(text) ? Number(text) : 0);

  function scorm12() {
    const api = found("API");
    if (!api || String(api.LMSInitialize("")) !== "true") return null;
    const get = (name) => String(api.LMSGetValue(name));
    const set = (name, value) => String(api.LMSSetValue(name, String(value))) === "true";
    const recorded = !["browse", "review"].includes(get("cmi.core.lesson_mode"));
    if (recorded && ["not attempted", ""].includes(get("cmi.core.lesson_status"))) {
      set("cmi.core.lesson_status", "incomplete");
      api.LMSCommit("");
    }
    const answered = (answer, place) => {
      const line = `cmi.interactions.${place}`;
      const now = new Date();
      set(`${line}.id`, answer.id);
      set(`${line}.type`, "choice");
      set(`${line}.correct_responses.0.pattern`, answer.right.join(","));
      set(`${line}.time`, [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(":"));
      set(`${line}.weighting`, 1);
      if (answer.given.length) set(`${line}.student_response`, answer.given.join(","));
      set(`${line}.result`, answer.correct ? "correct" : "wrong");
    };
    return {
      // a platform that has another pass mark than the manifest's says itself who passed
      mastery: null,
      place: whole(get("cmi.core.lesson_location")),
      move: (page) => set("cmi.core.lesson_location", page),
      async report(result) {
        if (!recorded) return null;
        const first = whole(get("cmi.interactions._count"));
        result.answers.forEach((answer, place) => answered(answer, first + place));
        let taken = true;
        if (result.score !== null) {
          const scores = { min: 0, max: 100, raw: result.score };
          taken = Object.entries(scores).every(([name, value]) => set(`cmi.core.score.${name}`, value));
        }
        // completed and passed share this field: what says more comes last
        const status = result.score === null ? "completed" : result.passed ? "passed" : "failed";
        return set("cmi.core.lesson_status", status) && taken && String(api.LMSCommit("")) === "true";
      },
      leave(done) {
        const time = seconds();
        const rest = (time % 60).toFixed(2).padStart(5, "0");
        set("cmi.core.session_time", `${String(Math.floor(time / 3600)).padStart(4, "0")}:${two((time / 60) % 60)}:${rest}`);
        set("cmi.core.exit", done ? "" : "suspend");
        api.LMSCommit("");
        api.LMSFinish("");
      },
    };
  }

  function scorm2004() {
    const api = found("API_1484_11");
    if (!api || String(api.Initialize("")) !== "true") return null;
    const get = (name) => String(api.GetValue(name));
    const set = (name, value) => String(api.SetValue(name, String(value))) === "true";
    const recorded = !["browse", "review"].includes(get("cmi.mode"));
    if (recorded && get("cmi.completion_status") !== "completed") {
      set("cmi.completion_status", "incomplete");
      api.Commit("");
    }
    const answered = (answer, place) => {
      const line = `cmi.interactions.${place}`;
      set(`${line}.id`, `urn:havre:question:${answer.id}`);
      set(`${line}.type`, "choice");
      set(`${line}.timestamp`, new Date().toISOString().replace(/\dZ$/, "Z"));
      set(`${line}.weighting`, 1);
      set(`${line}.correct_responses.0.pattern`, answer.right.join("[,]"));
      if (answer.given.length) set(`${line}.learner_response`, answer.given.join("[,]"));
      set(`${line}.result`, answer.correct ? "correct" : "incorrect");
      set(`${line}.description`, `{lang=${root.lang}}${answer.stem.slice(0, 220)}`);
    };
    return {
      mastery: null,
      // what was never set may not be asked for
      place: get("cmi.entry") === "resume" ? whole(get("cmi.location")) : 0,
      move: (page) => set("cmi.location", page),
      async report(result) {
        if (!recorded) return null;
        const first = whole(get("cmi.interactions._count"));
        result.answers.forEach((answer, place) => answered(answer, first + place));
        let taken = true;
        if (result.score !== null) {
          const scores = { scaled: result.score / 100, raw: result.score, min: 0, max: 100 };
          taken = Object.entries(scores).every(([name, value]) => set(`cmi.score.${name}`, value));
          taken = set("cmi.success_status", result.passed ? "passed" : "failed") && taken;
        }
        taken = set("cmi.completion_status", "completed") && taken;
        return String(api.Commit("")) === "true" && taken;
      },
      leave(done) {
        set("cmi.session_time", `PT${seconds()}S`);
        set("cmi.exit", done ? "normal" : "suspend");
        api.Commit("");
        api.Terminate("");
      },
    };
  }

  const VERBS = "http://adlnet.gov/expapi/verbs/";
  const CMI5 = "https://w3id.org/xapi/cmi5/context/";

  async function cmi5() {
    const asked = new URLSearchParams(location.search);
    const [endpoint, fetching, actor, registration, activity] = ["endpoint", "fetch", "actor", "registration", "activityId"].map((name) =>
      asked.get(name),
    );
    if (![endpoint, fetching, actor, registration, activity].every(Boolean)) return null;
    const base = endpoint.endsWith("/") ? endpoint : `${endpoint}/`;
    // the address of the token answers once only
    const token = (await (await fetch(fetching, { method: "POST" })).json())["auth-token"];
    if (!token) return null;
    const headers = { Authorization: `Basic ${token}`, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" };
    const read = async (path, query) => {
      const answer = await fetch(`${base}${path}?${new URLSearchParams(query)}`, { headers });
      return answer.ok ? answer.json() : {};
    };
    const launch = await read("activities/state", { stateId: "LMS.LaunchData", activityId: activity, agent: actor, registration });
    await read("agents/profile", { profileId: "cmi5LearnerPreferences", agent: actor });

    const recorded = (launch.launchMode ?? "Normal") === "Normal";
    const mastery = launch.masteryScore ?? null;
    const queue = [];
    let sending = Promise.resolve(true);
    const post = (body) =>
      fetch(`${base}statements`, { method: "POST", headers, body: JSON.stringify(body), keepalive: true }).then((answer) => answer.ok);
    // one after the other: a statement leaves when the one before it was answered
    const say = (statement) => {
      queue.push(statement);
      sending = sending.then(async (taken) => {
        if (queue[0] !== statement) return taken;
        queue.shift();
        return (await post(statement).catch(() => false)) && taken;
      });
      return sending;
    };
    const statement = (verb, categories, more = {}) => {
      const context = structuredClone(launch.contextTemplate ?? {});
      const activities = (context.contextActivities ??= {});
      activities.category = [...(activities.category ?? []), ...categories.map((name) => ({ id: `${CMI5}categories/${name}` }))];
      if (more.mastery !== undefined) context.extensions = { ...context.extensions, [`${CMI5}extensions/masteryscore`]: more.mastery };
      const made = {
        id: unique(),
        actor: JSON.parse(actor),
        verb: { id: VERBS + verb },
        object: more.object ?? { objectType: "Activity", id: activity },
        context: { ...context, registration },
        timestamp: new Date().toISOString(),
      };
      return more.result ? { ...made, result: more.result } : made;
    };
    const described = (words) => ({ [root.lang]: words });
    const answered = (answer) =>
      statement("answered", [], {
        object: {
          objectType: "Activity",
          id: `${activity}/question/${answer.id}`,
          definition: {
            type: "http://adlnet.gov/expapi/activities/cmi.interaction",
            description: described(answer.stem),
            interactionType: "choice",
            choices: answer.options.map((words, place) => ({ id: letter(place), description: described(words) })),
            correctResponsesPattern: [answer.right.join("[,]")],
          },
        },
        result: { success: answer.correct, response: answer.given.join("[,]") },
      });
    await say(statement("initialized", ["cmi5"]));
    return {
      mastery: mastery === null ? null : mastery * 100,
      place: 0,
      back: launch.returnURL,
      move: () => {},
      report(result) {
        result.answers.forEach((answer) => say(answered(answer)));
        if (!recorded) return sending.then(() => null);
        const duration = `PT${seconds()}S`;
        if (result.score !== null) {
          const score = { scaled: result.score / 100, raw: result.score, min: 0, max: 100 };
          const more = mastery === null ? {} : { mastery };
          const outcome = { score, success: result.passed, duration };
          say(statement(result.passed ? "passed" : "failed", ["cmi5", "moveon"], { ...more, result: outcome }));
        }
        return say(statement("completed", ["cmi5", "moveon"], { result: { completion: true, duration } }));
      },
      leave() {
        const last = statement("terminated", ["cmi5"], { result: { duration: `PT${seconds()}S` } });
        // nothing waits any more once the page goes: what is left leaves together, in order
        const rest = queue.splice(0);
        post(rest.length ? [...rest, last] : last).catch(() => false);
      },
    };
  }

  // where a page is served without TLS the browser has no randomUUID
  function unique() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  const letter = (place) => String.fromCharCode(97 + place);
  const pages = [...document.querySelectorAll(".page")];
  const next = document.querySelector('button[name="next"]');
  const form = document.querySelector("form");
  const words = document.getElementById("player-words").dataset;
  const shown = { page: 0, done: false };
  let adapter = null;
  let gone = false;

  function show(page, moved) {
    shown.page = page;
    pages.forEach((one, place) => {
      one.hidden = place !== page;
    });
    next.hidden = page === pages.length - 1;
    if (!moved) return;
    pages[page].focus();
    window.scrollTo(0, 0);
    if (!shown.done) adapter?.move(page);
    if (!form && next.hidden) tell({ score: null, passed: true, answers: [] });
  }

  function answers() {
    return [...form.querySelectorAll("fieldset")].map((field) => {
      const boxes = [...field.querySelectorAll("input")];
      const given = boxes.flatMap((box, place) => (box.checked ? [letter(place)] : []));
      const right = field.dataset.right.split(" ");
      return {
        id: field.id,
        stem: field.querySelector("legend").textContent.trim(),
        options: boxes.map((box) => box.parentElement.textContent.trim()),
        given,
        right,
        correct: given.join() === right.join(),
      };
    });
  }

  function judged() {
    const all = answers();
    // below 100 unless every answer is right
    const score = Math.floor((100 * all.filter((one) => one.correct).length) / all.length);
    const mark = adapter?.mastery ?? Number(root.dataset.mastery);
    return { score, passed: score >= mark, answers: all };
  }

  function explain(result) {
    result.answers.forEach((answer) => {
      const field = document.getElementById(answer.id);
      field.querySelectorAll("input").forEach((box) => {
        box.disabled = true;
      });
      field.querySelector(".verdict").textContent = answer.correct ? words.right : words.wrong;
      field.querySelector(".reason").hidden = false;
    });
    form.querySelector('button[type="submit"]').hidden = true;
    const status = document.getElementById("player-result");
    const outcome = result.passed ? words.passed : words.failed;
    status.querySelector("p").textContent = [words.score.replace("{score}", result.score), outcome].map((said) => said + words.stop).join(" ");
    status.className = "note";
    status.focus();
  }

  async function tell(result) {
    if (shown.done) return;
    shown.done = true;
    if (form) explain(result);
    const taken = adapter ? await adapter.report(result).catch(() => false) : false;
    const last = document.getElementById("player-told");
    last.textContent = taken === null ? "" : taken ? words.sent : words.alone;
    if (taken !== false && adapter?.back) offer(adapter.back);
  }

  function offer(address) {
    if (!/^https?:/.test(address)) return;
    const link = document.getElementById("player-leave");
    link.href = address;
    link.hidden = false;
  }

  function leave() {
    if (gone) return;
    gone = true;
    adapter?.leave(shown.done);
  }

  next.addEventListener("click", () => show(shown.page + 1, true));
  document.querySelectorAll("nav a").forEach((link, place) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      link.closest("details").open = false;
      show(place, true);
    });
  });
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!shown.done) tell(judged());
  });
  window.addEventListener("pagehide", leave);

  show(0, false);
  const ready = (made) => {
    adapter = made;
    document.getElementById("player-alone").hidden = Boolean(made);
    if (made && made.place > 0 && made.place < pages.length) show(made.place, false);
    if (!form && pages.length === 1) tell({ score: null, passed: true, answers: [] });
  };
  if (root.dataset.platform === "cmi5") {
    cmi5()
      .catch(() => null)
      .then(ready);
  } else {
    ready(root.dataset.platform === "scorm12" ? scorm12() : scorm2004());
  }
})();
