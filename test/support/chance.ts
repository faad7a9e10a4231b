import type { EmulatedParticipant, EmulatedRecord, EmulatedSpace, World } from '../../src/emulator/world.ts';

/** A seeded source of chance (mulberry32): the same school for the same seed. */
export function chance(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    odds: (p: number) => next() < p,
    pick: <T>(items: readonly T[]): T => items[whole(0, items.length - 1)]!,
  };
}

export interface ChanceClass {
  readonly room: number;
  readonly subject: string;
  readonly teacher: string;
  readonly students: readonly string[];
  readonly start: number;
  readonly minutes: number;
}

/** Someone's stay on one device. */
interface Stay {
  /** E-mail of a known person, or a guest's key. */
  readonly who: string;
  readonly start: number;
  readonly end: number;
}

export interface ChanceSchool {
  readonly world: World;
  readonly organizer: (room: number) => string;
  readonly code: (room: number) => string;
  readonly people: readonly { email: string; name: string; role: 'teacher' | 'student' }[];
  readonly classes: readonly ChanceClass[];
  /** The truth: who was in which room when. */
  readonly stays: ReadonlyMap<number, readonly Stay[]>;
}

const MINUTE = 60_000;

/**
 * A school made by chance: back-to-back classes in a room, calls that restart, second devices, rejoins, hand-overs,
 * guests that match by name, guests that do not, outsiders without a Directory entry, bots, and classes nobody came to.
 */
export function chanceSchool(seed: number, rooms: number, classesPerRoom: number, firstDay: number): ChanceSchool {
  const { whole, odds, pick } = chance(seed);
  const teachers = Array.from({ length: rooms }, (_, i) => `teacher${i}@school.example`);
  const students = Array.from({ length: rooms * 4 }, (_, i) => `student${i}@school.example`);
  const nameOf = (email: string) => `Name ${email.split('@')[0]}`;
  const accounts = [...teachers, ...students].map((email, i) => ({
    id: String(1000 + i),
    email,
    name: nameOf(email),
    inDirectory: true,
  }));
  const outsiders = [0, 1, 2].map((i) => ({
    id: String(9000 + i),
    email: `out${i}@mail.example`,
    name: `Out ${i}`,
    inDirectory: false,
  }));
  const idOf = new Map([...accounts, ...outsiders].map(({ email, id }) => [email, id]));
  const spaces: EmulatedSpace[] = teachers.map((ownerEmail, i) => ({
    name: `spaces/room${i}`,
    meetingCode: code(i),
    ownerEmail,
  }));
  const classes: ChanceClass[] = [];
  const records: EmulatedRecord[] = [];
  const stays = new Map<number, Stay[]>();

  for (let room = 0; room < rooms; room += 1) {
    const here: Stay[] = [];
    stays.set(room, here);
    let at = firstDay + whole(8, 10) * 60 * MINUTE;
    const own: ChanceClass[] = [];
    for (let i = 0; i < classesPerRoom; i += 1) {
      const minutes = pick([30, 45, 60]);
      const enrolled = new Set([pick(students), ...(odds(0.3) ? [pick(students), pick(students)] : [])]);
      const teacher = odds(0.15) ? pick(teachers) : teachers[room]!;
      own.push({ room, subject: `S${room}-${i}`, teacher, students: [...enrolled], start: at, minutes });
      at += minutes * MINUTE + pick([0, 0, 5, 10, 30, 95]) * MINUTE;
    }
    classes.push(...own);

    // Who was there, class by class; early, late, with two devices, coming back.
    const wishes: { who: string; kind: EmulatedParticipant['user']['kind']; start: number; end: number }[] = [];
    for (const c of own) {
      if (odds(0.08)) continue;
      const end = c.start + c.minutes * MINUTE;
      for (const who of [c.teacher, ...c.students]) {
        if (odds(0.1)) continue;
        const joined = c.start + whole(-20 * MINUTE, 15 * MINUTE);
        const left = Math.max(joined + whole(1, 30_000), end + whole(-15 * MINUTE, 20 * MINUTE));
        const kind = odds(0.12) ? 'anonymous' : 'signedin';
        if (odds(0.3)) {
          const drop = whole(joined, left);
          wishes.push(
            { who, kind, start: joined, end: drop },
            { who, kind, start: Math.min(left, drop + whole(0, 200_000)), end: left },
          );
        } else wishes.push({ who, kind, start: joined, end: left });
        if (odds(0.25))
          wishes.push({
            who,
            kind: odds(0.3) ? 'anonymous' : kind,
            start: joined + whole(0, 600_000),
            end: left - whole(0, 600_000),
          });
      }
      if (odds(0.2))
        wishes.push({
          who: pick(outsiders).email,
          kind: 'signedin',
          start: c.start + whole(0, 300_000),
          end: end - whole(0, 300_000),
        });
      if (odds(0.15))
        wishes.push({
          who: `guest:iPad ${room}-${c.subject}`,
          kind: 'anonymous',
          start: c.start,
          end: end + whole(-600_000, 600_000),
        });
      if (odds(0.1))
        wishes.push({ who: `guest:+44 •••• ${whole(10, 99)} ${c.subject}`, kind: 'phone', start: c.start + 1, end });
    }

    // A call lives while somebody is in it; sometimes it is restarted in the middle.
    const spans = wishes.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
    const calls: { start: number; end: number; wishes: typeof wishes }[] = [];
    for (const wish of spans) {
      const call = calls.at(-1);
      if (call !== undefined && wish.start < call.end) {
        call.end = Math.max(call.end, wish.end);
        call.wishes.push(wish);
      } else calls.push({ start: wish.start, end: wish.end, wishes: [wish] });
    }
    for (const [n, call] of calls.entries()) {
      const cut = odds(0.25) ? whole(call.start + 1, call.end - 1) : null;
      const parts =
        cut === null
          ? [call]
          : [
              { start: call.start, end: cut },
              { start: cut, end: call.end },
            ];
      for (const [part, { start, end }] of parts.entries()) {
        const name = `conferenceRecords/room${room}-${n}-${part}`;
        const byIdentity = new Map<string, EmulatedParticipant>();
        for (const [k, wish] of call.wishes.entries()) {
          const from = Math.max(wish.start, start);
          const to = Math.min(wish.end, end);
          if (from >= to) continue;
          const guest = wish.kind !== 'signedin';
          const key = guest ? `g${k}` : idOf.get(wish.who)!;
          const participant = byIdentity.get(key) ?? {
            name: `${name}/participants/${key}`,
            user: userOf(wish),
            sessions: [],
          };
          byIdentity.set(key, participant);
          participant.sessions.push({ name: `${participant.name}/participantSessions/s${k}`, start: from, end: to });
          const known = !wish.who.startsWith('guest:') && !wish.who.startsWith('out');
          here.push({ who: known ? wish.who : participant.name, start: from, end: to });
        }
        records.push({ name, space: `spaces/room${room}`, start, end, participants: [...byIdentity.values()] });
      }
    }
  }

  function userOf({
    who,
    kind,
  }: {
    who: string;
    kind: EmulatedParticipant['user']['kind'];
  }): EmulatedParticipant['user'] {
    if (who.startsWith('guest:'))
      return kind === 'phone' ? { kind, displayName: who.slice(6) } : { kind: 'anonymous', displayName: who.slice(6) };
    if (kind === 'anonymous') return { kind, displayName: nameOf(who).toUpperCase() };
    return { kind: 'signedin', id: idOf.get(who)!, displayName: 'whatever they typed' };
  }

  return {
    world: { accounts: [...accounts, ...outsiders], spaces, records },
    organizer: (room) => teachers[room]!,
    code,
    people: [
      ...teachers.map((email) => ({ email, name: nameOf(email), role: 'teacher' as const })),
      ...students.map((email) => ({ email, name: nameOf(email), role: 'student' as const })),
    ],
    classes,
    stays,
  };
}

function code(room: number): string {
  const letter = (n: number) => String.fromCharCode(97 + (n % 26));
  const tail = `${letter(room)}${letter(Math.floor(room / 26))}${letter(Math.floor(room / 676))}`;
  return `abc-defg-${tail}`;
}

/** What an accountant with a stopwatch would write down: `class subject → who → joined intervals`, instant by instant. */
export function truth(
  school: ChanceSchool,
  beforeMs: number,
  afterMs: number,
): Map<string, Map<string, [number, number][]>> {
  const result = new Map<string, Map<string, [number, number][]>>(
    school.classes.map(({ subject }) => [subject, new Map()]),
  );
  for (const [room, stays] of school.stays) {
    const classes = school.classes.filter((c) => c.room === room);
    const slot = (c: ChanceClass) => [c.start, c.start + c.minutes * MINUTE] as const;
    const edges = new Set<number>();
    for (const c of classes)
      for (const [s, e] of [slot(c)]) for (const t of [s - beforeMs, s, e, e + afterMs]) edges.add(t);
    for (const { start, end } of stays) edges.add(start).add(end);
    const times = [...edges].sort((a, b) => a - b);
    for (const [i, from] of times.entries()) {
      const to = times[i + 1];
      if (to === undefined) continue;
      const inWindow = classes.filter((c) => from >= slot(c)[0] - beforeMs && from < slot(c)[1] + afterMs);
      for (const who of new Set(stays.filter((s) => s.start <= from && from < s.end).map((s) => s.who))) {
        const rostered = inWindow.filter((c) => c.teacher === who || c.students.includes(who));
        const candidates = rostered.length > 0 ? rostered : inWindow;
        const chosen =
          candidates.length <= 1
            ? candidates[0]
            : (candidates.find((c) => slot(c)[0] <= from && from < slot(c)[1]) ??
              candidates.filter((c) => slot(c)[0] > from).sort((a, b) => slot(a)[0] - slot(b)[0])[0] ??
              candidates.toSorted((a, b) => slot(b)[1] - slot(a)[1])[0]);
        if (chosen === undefined) continue;
        const presence = result.get(chosen.subject)!;
        const intervals = presence.get(who) ?? [];
        presence.set(who, intervals);
        const last = intervals.at(-1);
        if (last !== undefined && last[1] === from) last[1] = to;
        else intervals.push([from, to]);
      }
    }
  }
  return result;
}
