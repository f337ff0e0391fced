/** Files for the browser to keep or to print; what is in the way is said beside the buttons. */

import { say } from "./strings.js";

const MINUTE = 60_000; // milliseconds

/** Let a button get a file: `file()` is {name, blob}, and may fail; `use(file)` gets it. */
function offer(button, trouble, file, use) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    trouble.textContent = "";
    const done = use();
    try {
      const made = await file();
      const address = URL.createObjectURL(made.blob);
      done(address, made.name);
      setTimeout(() => URL.revokeObjectURL(address), MINUTE);
    } catch (error) {
      done(null);
      trouble.textContent = error.status
        ? [error.message, error.hint].filter(Boolean).join(" ")
        : say("preview.offline");
    }
    button.removeAttribute("aria-busy");
  });
}

/** Let a button keep a file. */
export function offerDownload(button, trouble, file) {
  offer(button, trouble, file, () => (address, name) => {
    if (!address) return;
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
  });
}

/** Let a button open a file in a tab of its own, where the browser prints it. */
export function offerPrint(button, trouble, file) {
  offer(button, trouble, file, () => {
    const tab = open("", "_blank"); // at once: later, it would be a pop-up that nobody asked for
    return (address) => {
      if (!address) tab?.close();
      else if (tab) tab.location = address;
      else trouble.textContent = say("print.blocked");
    };
  });
}
