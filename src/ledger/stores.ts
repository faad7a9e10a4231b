import type { Now, Random } from '../core/time/clock.ts';
import { createAccountStore } from './attendance/account-store.ts';
import { createCallStore } from './attendance/call-store.ts';
import { createClassStore } from './attendance/class-store.ts';
import { createEvidenceStore } from './attendance/evidence-store.ts';
import { createIdentityStore } from './attendance/identity-store.ts';
import { createLogStore } from './attendance/log-store.ts';
import { createPresenceDecisions } from './attendance/presence-decisions.ts';
import { createReviewStore } from './attendance/review-store.ts';
import { createRoomStore } from './attendance/room-store.ts';
import { createSessionStore } from './attendance/session-store.ts';
import { createSightingStore } from './attendance/sighting-store.ts';
import type { Database } from './database.ts';
import { createAnchors } from './files/anchors.ts';
import { createInspection } from './inspect.ts';
import { createJobStore } from './machine/job-store.ts';
import { createPassStore } from './machine/machine-store.ts';
import { createMoneyStores } from './money/stores.ts';
import { createAuditLog, type AuditLogOptions } from './school/audit-log.ts';
import { createPeopleStore } from './school/people-store.ts';
import { createSettingsStore } from './school/settings-store.ts';
import { createTokenStore } from './school/token-store.ts';

export interface StoreDeps {
  readonly clock: Now;
  /** Tells which classes have begun and ended. */
  readonly googleClock: Now;
  readonly random: Random;
  readonly anchorFile: string | null;
  readonly seal: AuditLogOptions;
}

/** Everything that a ledger keeps, a store a subject. */
export function createStores(database: Database, { clock, googleClock, random, anchorFile, seal }: StoreDeps) {
  const accountStore = createAccountStore(database);
  return {
    database,
    inspection: createInspection(database),
    people: createPeopleStore(database, clock),
    classStore: createClassStore(database, clock, googleClock),
    roomStore: createRoomStore(database, clock),
    sessionStore: createSessionStore(database, clock),
    sightings: createSightingStore(database),
    accountStore,
    evidence: createEvidenceStore(database),
    calls: createCallStore(database),
    identityStore: createIdentityStore(database, accountStore),
    presenceDecisions: createPresenceDecisions(database),
    logStore: createLogStore(database, clock),
    review: createReviewStore(database, clock),
    money: createMoneyStores(database, clock),
    tokens: createTokenStore(database, clock, random),
    audit: createAuditLog(database, clock, seal),
    anchors: createAnchors(anchorFile, clock),
    settings: createSettingsStore(database, clock),
    jobStore: createJobStore(database, clock),
    passes: createPassStore(database),
  };
}
