/** The reader's language: a choice that is kept in a cookie, which the server reads. */

const YEAR = 365 * 24 * 3600;

for (const one of document.querySelectorAll("[data-language]")) {
  one.addEventListener("click", () => {
    document.cookie = `brochure-language=${one.dataset.language}; Path=/; SameSite=Strict; Max-Age=${YEAR}`;
    location.reload();
  });
}
