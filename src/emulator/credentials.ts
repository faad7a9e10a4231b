import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/**
 * Writes a service-account key file that opens nothing: its key was made a moment ago, and only the emulator, which
 * checks no signatures, accepts it. Readable by its owner alone.
 *
 * @throws if the file exists: it may be a real key
 */
export function writeServiceAccountKey(path: string): void {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const key = {
    type: 'service_account',
    project_id: 'emulated-school',
    private_key_id: createHash('sha256').update(privateKey).digest('hex').slice(0, 32),
    private_key: privateKey,
    client_email: 'rollbook@emulated-school.iam.gserviceaccount.com',
    client_id: '100000000000000000001',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
    universe_domain: 'googleapis.com',
  };
  writeFileSync(path, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}
