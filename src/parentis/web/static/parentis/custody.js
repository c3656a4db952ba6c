// A live board: asks twice a second whether anything changed, draws what did, and makes itself heard.
const EVERY = 500; // ms
const SILENT = 5000; // ms without an answer after which the board says that it is not live
const INSIST = 10000; // ms between two sounds while something waits for somebody
const WANTED = "custody-sound";

const live = document.getElementById("live");
const rows = document.getElementById("rows");
const lost = document.getElementById("lost");
const news = document.getElementById("news");
const sound = document.getElementById("sound");
const said = document.getElementById("said");
const title = document.title;

let tag = rows.dataset.tag;
let heard = performance.now();
let known = new Set(alerts());
let rang = performance.now();
let audio = null;

function alerts() {
  return [...rows.querySelectorAll("[data-alerts]")].flatMap((one) => one.dataset.alerts.split(" ").filter(Boolean));
}

function waiting() {
  return [...rows.querySelectorAll("[data-insists]")].filter((one) => one.dataset.insists);
}

function text(span) {
  const minutes = Math.floor(Math.abs(span) / 60000);
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function put(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

function count() {
  const now = Date.now();
  for (const one of rows.querySelectorAll("[data-since]")) put(one, text(now - Date.parse(one.dataset.since)));
  for (const one of rows.querySelectorAll("[data-due]")) {
    const left = Date.parse(one.dataset.due) - now;
    put(one, left >= 0 ? `in ${text(left)}` : `${text(left)} overdue`);
    one.classList.toggle("pa-board__overdue", left < 0);
  }
}

function ring() {
  rang = performance.now();
  if (navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate([200, 100, 200]);
  if (!audio) return;
  for (const [after, pitch] of [[0, 880], [0.25, 660], [0.5, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.3, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.22);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.23);
  }
  document.body.dataset.rang = String(Number(document.body.dataset.rang || 0) + 1);
}

function told() {
  const now = alerts();
  const fresh = now.filter((one) => !known.has(one));
  known = new Set(now);
  const wait = waiting();
  document.title = wait.length ? `(${wait.length}) ${title}` : title;
  if (fresh.length) {
    put(news, wait.length ? `${wait[0].dataset.insists}: ${wait[0].querySelector("h2").textContent}` : "Board updated.");
    ring();
  }
}

// What somebody is about to press must not move away from under the pointer or the focus.
function draw(drawn) {
  const focused = document.activeElement?.closest?.("[data-case]")?.dataset.case;
  const pressed = document.activeElement?.tagName;
  rows.innerHTML = drawn;
  if (focused) rows.querySelector(`[data-case="${focused}"] ${pressed === "BUTTON" ? "button" : "a"}`)?.focus();
  count();
  told();
}

function say(why) {
  lost.hidden = false;
  put(document.getElementById("lost-why"), why);
  live.classList.remove("pa-board__live--on");
  put(live, "Not live");
}

async function look() {
  try {
    const answer = await fetch(live.dataset.live, {
      headers: { "If-None-Match": `"${tag}"` }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(SILENT),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403 || answer.status === 404) {
      say("This board is not live: you have been signed out. Reload the page and sign in.");
      ring();
      return;
    }
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const drawn = await answer.text();
      tag = answer.headers.get("ETag").replaceAll('"', "").replace("W/", "");
      rows.dataset.tag = tag;
      draw(drawn);
    }
    heard = performance.now();
    lost.hidden = true;
    live.classList.add("pa-board__live--on");
    put(live, "Live");
  } catch {
    if (performance.now() - heard > SILENT) say("This board is not live: the site is not responding. Use the phone until it does.");
  }
  setTimeout(look, EVERY);
}

// What was pressed is sent from here: loading the page again would silence it until the next press.
rows.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[formaction]");
  if (!button) return;
  event.preventDefault();
  button.disabled = true;
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: new FormData(button.form, button) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    put(said, page.querySelector(".govuk-notification-banner__heading")?.textContent.trim() ?? "");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
  } catch {
    put(said, "Not sent. Try again, or use the phone.");
  }
  button.disabled = false;
});

function hear(on) {
  audio?.close();
  audio = on ? new AudioContext() : null;
  localStorage.setItem(WANTED, on ? "yes" : "no");
  sound.setAttribute("aria-pressed", String(on));
  put(sound, on ? "Turn sound off" : "Turn sound on");
}

sound.hidden = false;
sound.addEventListener("click", (event) => {
  event.stopPropagation();
  hear(!audio);
  if (audio) ring();
});

// A browser lets a page be heard only after somebody pressed something on it: whoever wanted sound gets it by the first.
if (localStorage.getItem(WANTED) === "yes") {
  for (const kind of ["click", "keydown"]) {
    document.addEventListener(kind, () => audio || localStorage.getItem(WANTED) !== "yes" || hear(true), { once: true });
  }
  put(sound, "Press any key to turn sound on");
}

setInterval(() => {
  count();
  if (waiting().length && performance.now() - rang > INSIST) ring();
}, 1000);

count();
told();
look();
