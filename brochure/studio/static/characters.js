/** Characters that no manuscript may contain: those that the server leaves out, too. */

const BREAKS = /\r\n?|[\u000b\u000c\u0085\u2028\u2029]/g;
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\ufeff\p{Noncharacter_Code_Point}\p{Surrogate}]/gu;

/** A text as it is saved. */
export const withoutForbidden = (text) => text.replace(BREAKS, "\n").replace(FORBIDDEN, "");

/** How many characters of a text are left out. */
export const countForbidden = (text) => text.replace(BREAKS, "\n").match(FORBIDDEN)?.length ?? 0;
