// The sheet of keyboard shortcuts.
import { show } from "./sheet.js";

export const open = () => show("/palette/shortcuts");
