import { expect, test } from 'vitest';

import { createAccountStore } from '../../../src/ledger/attendance/account-store.ts';
import { createIdentityStore } from '../../../src/ledger/attendance/identity-store.ts';
import { identities, ignored } from '../../../src/ledger/schema/decisions.ts';
import { createPeopleStore } from '../../../src/ledger/school/people-store.ts';
import { handClock } from '../../support/clock.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';

const NOW = Date.parse('2026-01-16T20:00:00Z');

function ledger() {
  const clock = handClock(NOW);
  const database = memoryLedger({ clock });
  const people = createPeopleStore(database, clock);
  const accounts = createAccountStore(database);
  const store = createIdentityStore(database, accounts);
  const student = (name: string, googleUserId: string | null = null) =>
    people.create({ email: `${name}@home.example`, role: 'student', googleUserId });
  const by = { actor: 'owner', reason: 'I know them', createdAt: NOW };
  return {
    store,
    accounts,
    student,
    learn: (value: string, personId: number, undoneAt: number | null = null) =>
      database.orm
        .insert(identities)
        .values({ kind: 'name', value, personId, verdict: 'is', scope: 'everywhere', undoneAt, ...by })
        .run(),
    ignore: (value: string, undoneAt: number | null = null) =>
      database.orm
        .insert(ignored)
        .values({ kind: 'name', value, undoneAt, ...by })
        .run(),
    know: (wanted: Partial<Parameters<typeof store.knowledgeOf>[0]>) =>
      store.knowledgeOf({ accounts: [], labels: [], personIds: [], ...wanted }),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

test('the people are those of the accounts, of the addresses that the Directory gives them, of learned aliases, and those asked for', () => {
  using world = ledger();
  const account = world.student('account', '101');
  const directory = world.student('directory');
  const alias = world.student('alias');
  const roster = world.student('roster');
  world.student('other', '999');
  world.accounts.record('102', { email: 'Directory@home.example', name: null }, NOW);
  world.learn('benny', alias.id);

  const { people } = world.know({ accounts: ['101', '102'], labels: ['benny'], personIds: [roster.id] });

  expect([...people.values()].sort((a, b) => a.id - b.id)).toEqual([account, directory, alias, roster]);
  expect([...people].every(([id, person]) => id === person.id)).toBe(true);
});

test('the Directory is told apart: an account that it does not know, and one that nobody asked about', () => {
  using world = ledger();
  world.accounts.record('101', null, NOW);
  world.accounts.record('103', { email: 'other@home.example', name: null }, NOW);

  expect(world.know({ accounts: ['101', '102'] }).directory).toEqual(new Map([['101', null]]));
});

test('the aliases are those of the labels and accounts asked for, in the order they were learned, without those taken back', () => {
  using world = ledger();
  const [ben, cleo] = [world.student('ben'), world.student('cleo')];
  world.learn('zed', cleo.id);
  world.learn('benny', ben.id);
  world.learn('benny', cleo.id, NOW);
  world.learn('somebody else', cleo.id);
  world.learn('101', ben.id);

  const { rules } = world.know({ accounts: ['101'], labels: ['benny', 'zed', 'benny'] });
  expect(rules.map(({ value, personId }) => [value, personId])).toEqual([
    ['zed', cleo.id],
    ['benny', ben.id],
    ['101', ben.id],
  ]);
});

test('what is ignored is that of the labels and accounts asked for, without what was taken back', () => {
  using world = ledger();
  world.ignore('notetaker');
  world.ignore('whiteboard', NOW);

  world.ignore('somebody else');

  expect(world.know({ labels: ['notetaker', 'whiteboard'] })).toEqual({
    people: new Map(),
    directory: new Map(),
    rules: [],
    ignored: [{ kind: 'name', value: 'notetaker', scope: 'everywhere', classId: null, seriesId: null }],
  });
});
