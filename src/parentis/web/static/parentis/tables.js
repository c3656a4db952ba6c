// Sorts a table by the column whose button is pressed, and keeps the rows whose words match. Without it a table stands
// in the order it was made in. Says of a table that is wider than its window that it goes on to the side.
const FILTERED_FROM = 12;

function number(cell) {
  const text = cell.textContent.trim().replace("−", "-").replaceAll(",", "");
  const found = text.match(/^-?\d+(\.\d+)?/);
  return found ? Number(found[0]) : null;
}

function compare(one, other, at) {
  const [a, b] = [one.cells[at], other.cells[at]];
  if (at === 0) return a.textContent.trim().localeCompare(b.textContent.trim(), "en");
  const [x, y] = [number(a), number(b)];
  if (x === null || y === null) return null;
  return x - y;
}

function sort(table, at, down) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.sort((one, other) => {
    const by = compare(one, other, at);
    if (by !== null) return down ? -by : by;
    // What has no number stands last, whichever way round.
    return (number(one.cells[at]) === null) - (number(other.cells[at]) === null);
  });
  body.append(...rows);
}

function sortable(table) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "pa-sort";
    button.textContent = "↕";
    button.setAttribute("aria-label", `Sort by ${heading.textContent.trim()}`);
    button.addEventListener("click", () => {
      const down = at === 0 ? heading.ariaSort === "ascending" : heading.ariaSort !== "descending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.ariaSort = down ? "descending" : "ascending";
      headings.forEach((other) => { other.querySelector(".pa-sort").textContent = "↕"; });
      button.textContent = down ? "↓" : "↑";
      sort(table, at, down);
    });
    heading.append(" ", button);
  });
}

function filterable(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < FILTERED_FROM) return;
  const label = document.createElement("label");
  label.className = "govuk-label govuk-body-s pa-filter";
  label.textContent = "Show only rows with ";
  const input = document.createElement("input");
  input.className = "govuk-input govuk-input--width-10";
  input.type = "search";
  const told = document.createElement("span");
  told.className = "govuk-visually-hidden";
  told.setAttribute("role", "status");
  input.addEventListener("input", () => {
    const words = input.value.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row) => {
      const text = row.cells[0].textContent.toLocaleLowerCase("en");
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    });
    told.textContent = `${shown} of ${rows.length} rows`;
  });
  label.append(input, told);
  table.closest(".pa-scroll").before(label);
}

function cue(area) {
  const said = document.createElement("p");
  said.className = "govuk-body-s pa-cue";
  said.textContent = "Goes on to the side: scroll →";
  area.before(said);
  const look = () => { said.hidden = area.scrollWidth <= area.clientWidth + 1; };
  look();
  new ResizeObserver(look).observe(area);
}

document.querySelectorAll("table[data-sortable]").forEach((table) => {
  sortable(table);
  filterable(table);
});
document.querySelectorAll(".pa-scroll").forEach(cue);
