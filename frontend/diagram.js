// Shows a BPMN diagram in every element that has `data-diagram-url`; loads the viewer only on a page that has one.

const stylesheet = new URL("./diagram_viewer.css", import.meta.url);

function loadStylesheet() {
  if (document.querySelector(`link[href="${stylesheet}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = stylesheet;
  document.head.append(link);
}

async function showDiagrams(root) {
  const places = [...root.querySelectorAll("[data-diagram-url]:not([data-diagram-state])")];
  if (root.matches?.("[data-diagram-url]:not([data-diagram-state])")) places.push(root);
  if (places.length === 0) return;
  for (const place of places) place.dataset.diagramState = "loading";
  loadStylesheet();
  const { showDiagram } = await import("./diagram_viewer.js");
  await Promise.all(places.map(showDiagram));
}

showDiagrams(document.documentElement);
document.addEventListener("htmx:load", (event) => showDiagrams(event.target));
