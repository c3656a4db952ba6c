// Handing in with drag and drop and a progress bar. Without this script the form sends itself as any other.
const form = document.querySelector("[data-upload]");

if (form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  const chosen = form.querySelector("[data-chosen]");
  const said = form.querySelector("[data-said]");
  const bar = form.querySelector("[data-progress]");
  const button = form.querySelector("button[type=submit]");

  const list = () => {
    chosen.replaceChildren(
      ...Array.from(input.files, (file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name}, ${Math.max(1, Math.round(file.size / 1024)).toLocaleString("en-GB")} KB`;
        return item;
      }),
    );
  };

  const isOver = (over) => drop.classList.toggle("pa-drop--over", over);
  form.querySelector("[data-drop-hint]").hidden = false;
  input.addEventListener("change", list);
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    isOver(true);
  });
  drop.addEventListener("dragleave", () => isOver(false));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    isOver(false);
    const all = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
    input.files = all.files;
    list();
  });

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the server says what is missing
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      bar.hidden = false;
      bar.value = (100 * step.loaded) / step.total;
      said.textContent = step.loaded < step.total ? "Uploading files." : "Uploaded. Saving files.";
    });
    const failed = () => {
      button.disabled = false;
      bar.hidden = true;
      said.textContent = "The files could not be uploaded. Check your connection and try again: nothing will be submitted twice.";
    };
    request.addEventListener("error", failed);
    request.addEventListener("abort", failed);
    request.addEventListener("load", () => {
      if (request.status < 400 && request.responseURL) {
        location.assign(request.responseURL);
      } else {
        form.submit(); // again without script, so that the page with the reasons is shown
      }
    });
    button.disabled = true;
    request.send(new FormData(form));
  });
}
