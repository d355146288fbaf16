// Swaps by morphing: focus, scroll and open details survive an update. `hx-swap="morph"` or `"morph:innerHTML"`.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

const styles = { morph: "outerHTML", "morph:outerHTML": "outerHTML", "morph:innerHTML": "innerHTML" };

htmx.defineExtension("morph", {
  isInlineSwap: (swap) => styles[swap] === "outerHTML",
  handleSwap: (swap, target, fragment) =>
    styles[swap] && Idiomorph.morph(target, fragment.children, { morphStyle: styles[swap], callbacks: { beforeAttributeUpdated, beforeNodeRemoved } }),
});

// What the reader has opened stays open, and what the script has rewritten is rewritten from the new text.
function beforeAttributeUpdated(name, node) {
  return !(name === "open" && node.localName === "details");
}

function beforeNodeRemoved(node) {
  return !(node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-keep"));
}
