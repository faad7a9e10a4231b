import type { AccountingRow } from './accounting.ts';
import { decimal, type Column } from './column.ts';

const nothing = { text: () => null } as const;
const amountOf = ({ amount }: AccountingRow) => (amount === null ? null : decimal(amount));
const one = ({ amount }: AccountingRow) => (amount === null ? null : 1);
/** The number again, with what is to be known of the invoice. */
const referenceOf = ({ number, note }: AccountingRow) => [number, note].filter((part) => part !== null).join(', ');
/** A bill has no field for it: every line says what is to be known. */
const notedDescription = ({ note, description }: AccountingRow) =>
  note === null || note === description ? description : `${description} (${note})`;
const taxOf = ({ taxAmount }: AccountingRow) => (taxAmount === null ? null : decimal(taxAmount));

/**
 * The columns of Xero's file of sales invoices, all of them and in its order. The quantity is always 1 and the amount that
 * of the whole line: minutes times a rate, rounded by another program, would be another amount.
 * @see https://central.xero.com/s/article/Import-a-sales-invoice
 */
export const xeroColumns: readonly Column<AccountingRow>[] = [
  { header: 'ContactName', text: ({ contact }) => contact },
  { header: 'EmailAddress', text: ({ email }) => email },
  ...['1', '2', '3', '4'].map((n) => ({ header: `POAddressLine${n}`, ...nothing })),
  ...['POCity', 'PORegion', 'POPostalCode', 'POCountry'].map((header) => ({ header, ...nothing })),
  { header: 'InvoiceNumber', text: ({ number }) => number },
  { header: 'Reference', text: referenceOf },
  { header: 'InvoiceDate', text: ({ date }) => date },
  { header: 'DueDate', text: ({ dueDate }) => dueDate },
  { header: 'Total', ...nothing },
  { header: 'InventoryItemCode', ...nothing },
  { header: 'Description', text: ({ description }) => description },
  { header: 'Quantity', number: one },
  { header: 'UnitAmount', number: amountOf },
  { header: 'Discount', ...nothing },
  { header: 'AccountCode', text: ({ accountCode }) => accountCode },
  { header: 'TaxType', text: ({ taxType }) => taxType },
  { header: 'TaxAmount', number: taxOf },
  ...['TrackingName1', 'TrackingOption1', 'TrackingName2', 'TrackingOption2'].map((header) => ({ header, ...nothing })),
  { header: 'Currency', text: ({ currency }) => currency },
  { header: 'BrandingTheme', ...nothing },
];

/**
 * The columns that QuickBooks Online knows by name when invoices are imported. The item is the account code, or the
 * subject where the school has none.
 * @see https://quickbooks.intuit.com/learn-support/en-us/help-article/import-transactions/import-multiple-invoices-quickbooks-online/L7dmkj5z1_US_en_US
 */
export const quickbooksColumns: readonly Column<AccountingRow>[] = [
  { header: 'InvoiceNo', text: ({ number }) => (number === null ? null : short(number)) },
  { header: 'Customer', text: ({ contact }) => contact },
  { header: 'InvoiceDate', text: ({ date }) => date },
  { header: 'DueDate', text: ({ dueDate }) => dueDate },
  { header: 'Terms', ...nothing },
  { header: 'Location', ...nothing },
  { header: 'Memo', text: referenceOf },
  { header: 'Item(Product/Service)', text: ({ accountCode, subject }) => accountCode ?? subject },
  { header: 'ItemDescription', text: ({ description }) => description },
  { header: 'ItemQuantity', number: one },
  { header: 'ItemRate', number: amountOf },
  { header: 'ItemAmount', number: amountOf },
  { header: 'ItemTaxCode', text: ({ taxType }) => taxType },
  { header: 'ItemTaxAmount', number: taxOf },
  { header: 'Currency', text: ({ currency }) => currency },
  { header: 'Service Date', text: ({ lessonDate }) => lessonDate },
];

/**
 * The columns of Xero's file of bills, which is that of purchases: what teachers are paid is no sale.
 * @see https://central.xero.com/s/article/Import-bills
 */
export const xeroBillColumns: readonly Column<AccountingRow>[] = xeroColumns
  .filter(({ header }) => !['Reference', 'Discount', 'BrandingTheme'].includes(header))
  .map((column) => (column.header === 'Description' ? { header: 'Description', text: notedDescription } : column));

/**
 * Columns for the import of bills into QuickBooks Online, which asks which column is which. The account is an expense.
 */
export const quickbooksBillColumns: readonly Column<AccountingRow>[] = [
  { header: 'BillNo', text: ({ number }) => (number === null ? null : short(number)) },
  { header: 'Supplier', text: ({ contact }) => contact },
  { header: 'BillDate', text: ({ date }) => date },
  { header: 'DueDate', text: ({ dueDate }) => dueDate },
  { header: 'Terms', ...nothing },
  { header: 'Location', ...nothing },
  { header: 'Memo', text: referenceOf },
  { header: 'Account', text: ({ accountCode }) => accountCode },
  { header: 'LineDescription', text: ({ description }) => description },
  { header: 'LineAmount', number: amountOf },
  { header: 'LineTaxCode', text: ({ taxType }) => taxType },
  { header: 'LineTaxAmount', ...nothing },
  { header: 'Currency', text: ({ currency }) => currency },
];

/** QuickBooks takes numbers of at most 21 characters: `2026-01-05..2026-01-18-F1-EUR` is `20260105-0118-F1-EUR`. */
function short(number: string): string {
  if (number.length <= 21) return number;
  const shorter = number.replace(/^(\d+)-(\d+)-(\d+)\.\.\d+-(\d+)-(\d+)/, '$1$2$3-$4$5');
  return shorter.length <= 21 ? shorter : shorter.replaceAll('-', '');
}
