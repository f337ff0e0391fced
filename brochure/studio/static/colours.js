/** How well a colour can be read on white: WCAG 2.1, “relative luminance” and “contrast ratio”. */

/** The contrast that text needs (WCAG 2.1, 1.4.3). */
export const READABLE = 4.5;

/** The contrast of six hexadecimal digits with white, 1 to 21. */
export function contrastWithWhite(digits) {
  const linear = [0, 2, 4].map((at) => {
    const value = parseInt(digits.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05);
}
