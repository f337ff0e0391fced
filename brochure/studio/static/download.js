/** A file for the browser to keep; what is in the way is said beside the button. */

import { say } from "./strings.js";

const MINUTE = 60_000; // milliseconds

/** Let a button get a file: `file()` is {name, blob}, and may fail. */
export function offerDownload(button, trouble, file) {
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    trouble.textContent = "";
    try {
      const { name, blob } = await file();
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), MINUTE);
    } catch (error) {
      trouble.textContent = error.status
        ? [error.message, error.hint].filter(Boolean).join(" ")
        : say("preview.offline");
    }
    button.removeAttribute("aria-busy");
  });
}
