// Draws one diagram: `data-diagram-url` is fetched, the elements listed in `data-current` and `data-done` are marked.

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram_viewer.css";

const FAILED = {
  zh: "流程图暂时无法显示，请刷新页面重试。",
  en: "The diagram cannot be shown right now. Reload the page to try again.",
};

export async function showDiagram(place) {
  try {
    const xml = await fetchDiagram(place.dataset.diagramUrl);
    const viewer = new NavigatedViewer({ container: place });
    await viewer.importXML(xml);
    mark(viewer, place.dataset.done, "diagram-done");
    mark(viewer, place.dataset.current, "diagram-current");
    viewer.get("canvas").zoom("fit-viewport", "auto");
    place.dataset.diagramState = "shown";
  } catch (error) {
    console.error(error);
    place.dataset.diagramState = "failed";
    place.textContent = document.documentElement.lang.startsWith("en") ? FAILED.en : FAILED.zh;
  }
}

async function fetchDiagram(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

function mark(viewer, ids = "", marker) {
  const drawn = viewer.get("elementRegistry");
  const listed = ids.split(/\s+/).filter((id) => id && drawn.get(id));
  for (const id of listed) viewer.get("canvas").addMarker(id, marker);
}
