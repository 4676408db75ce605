// Money is a whole number of minor units (cents). It becomes one from the decimal digits that the caller wrote and is
// never multiplied as a binary fraction. Guarantees: toMajor(toMinor(amount)) is the amount, digit by digit.
import { AppError } from './errors.ts';

/** 15 digits: as many as a JSON number carries exactly, with or without its two decimals. */
export const mostMinor = 999_999_999_999_999;

const decimal = /^(\d{1,13})(?:\.(\d{1,2}))?$/;

/** The minor units in `12`, `12.5` or `12.50`; undefined if the text is no such amount. */
export const findMinor = (text: string): number | undefined => {
  const [, whole, fraction = ''] = decimal.exec(text) ?? [];
  return whole === undefined ? undefined : Number(whole + fraction.padEnd(2, '0'));
};

/** @throws AppError `invalid_input` below zero (-0 too), with more than two decimals, or above `mostMinor`. */
export const toMinor = (amount: number): number => {
  const minor = Object.is(amount, -0) ? undefined : findMinor(String(amount));
  if (minor === undefined) throw new AppError('invalid_input', `${amount} is not an amount of money`);
  return minor;
};

/** The amount as callers write it. The division is exact to the digit: its result is the nearest double. */
export const toMajor = (minor: number): number => minor / 100;
