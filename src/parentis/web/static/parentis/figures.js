// On a wide screen a number opens how it was made beside it; elsewhere, and without script, its link leads to the page.
const WIDE = window.matchMedia("(min-width: 1100px)");
let panel = null;
let opener = null;

function close() {
  if (panel === null) return;
  panel.remove();
  panel = null;
  if (opener !== null) opener.focus();
}

function open(link, html) {
  close();
  opener = link;
  panel = document.createElement("aside");
  panel.className = "pa-panel";
  panel.setAttribute("aria-label", "How this figure was made");
  const bar = document.createElement("p");
  bar.className = "govuk-body-s";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary govuk-!-margin-bottom-2";
  button.textContent = "Close";
  button.addEventListener("click", close);
  const whole = document.createElement("a");
  whole.className = "govuk-link";
  whole.href = link.href;
  whole.textContent = "On a page of its own";
  bar.append(button, " ", whole);
  const body = document.createElement("div");
  body.append(document.createRange().createContextualFragment(html));
  panel.append(bar, body);
  document.body.append(panel);
  body.querySelector("h2")?.focus();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.pa-figure");
  if (link === null || !WIDE.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const address = new URL(link.href);
  address.searchParams.set("panel", "1");
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    open(link, await answer.text());
  } catch {
    window.location.assign(link.href);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
