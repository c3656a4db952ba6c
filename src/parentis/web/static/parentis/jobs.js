// A page that waits for a job: asks how far it is, says so, and loads itself again when it is over.
const place = document.querySelector("[data-job]");
const EVERY = 800;

async function look() {
  let told;
  try {
    const answer = await fetch(place.dataset.job, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status >= 400 && answer.status < 500) return; // no longer ours to ask
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    told = await answer.json();
  } catch {
    setTimeout(look, EVERY * 5); // the connection, or the site, is gone for a moment
    return;
  }
  if (!told.open) {
    location.reload();
    return;
  }
  const said = told.stage ? `${told.title}: ${told.stage}` : told.title;
  if (place.textContent !== said) place.textContent = said;
  setTimeout(look, EVERY);
}

if (place) look();
