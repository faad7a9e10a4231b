/** How a student enters a call. */
export type Entry =
  /** With an account of the organisation. */
  | 'directory'
  /** With an account the Directory does not know; the display name is the full name. */
  | 'consumer'
  /** Without an account, under the full name. */
  | 'guest'
  /** With the account of the family. */
  | 'shared';

export interface StudentSketch {
  readonly name: string;
  /** Local part of the e-mail address. */
  readonly slug: string;
  readonly entry: Entry;
}

export interface FamilySketch {
  readonly name: string;
  readonly currency: 'GBP' | 'EUR' | 'USD';
  readonly students: readonly StudentSketch[];
}

export interface TeacherSketch {
  readonly name: string;
  readonly slug: string;
  readonly subjects: readonly [string, ...string[]];
}

export const DOMAIN = 'larkfield.example';
export const CONSUMER_DOMAIN = 'mail.example';

export const ADMIN = { name: 'Larkfield Office', slug: 'office' } as const;

/** The last one's access is revoked: Google refuses to show that room. */
export const TEACHERS: readonly TeacherSketch[] = [
  { name: 'Nora Whitfield', slug: 'nora.whitfield', subjects: ['Algebra', 'Geometry'] },
  { name: 'Tomasz Zieliński', slug: 'tomasz.zielinski', subjects: ['Physics', 'Mechanics'] },
  { name: '田中 愛子', slug: 'aiko.tanaka', subjects: ['Japanese', 'Calligraphy'] },
  { name: 'Omar Haddad', slug: 'omar.haddad', subjects: ['Chemistry', 'Biology'] },
  { name: 'Élodie Marchand', slug: 'elodie.marchand', subjects: ['French', 'Literature'] },
  { name: 'Kwame Mensah', slug: 'kwame.mensah', subjects: ['Programming', 'Statistics'] },
  { name: 'Priya Raman', slug: 'priya.raman', subjects: ['English', 'Essay writing'] },
  { name: 'Siobhán Ní Bhriain', slug: 'siobhan.nibhriain', subjects: ['Violin', 'Music theory'] },
];

export const FAMILIES: readonly FamilySketch[] = [
  family('Silva', 'GBP', ['Ana Silva', 'ana.silva'], ['Tomé Silva', 'tome.silva']),
  family('Okafor', 'GBP', ['Chidi Okafor', 'chidi.okafor', 'consumer'], ['Adaeze Okafor', 'adaeze.okafor']),
  family('Müller', 'EUR', ['Jonas Müller', 'jonas.mueller'], ['Lena Müller', 'lena.mueller', 'guest']),
  family('Иванов', 'GBP', ['Мария Иванова', 'maria.ivanova'], ['Пётр Иванов', 'petr.ivanov', 'consumer']),
  family('佐藤', 'GBP', ['佐藤 陽菜', 'hina.sato'], ['佐藤 蓮', 'ren.sato']),
  family('Παπαδόπουλος', 'EUR', ['Ελένη Παπαδοπούλου', 'eleni.papadopoulou', 'consumer']),
  family('المصري', 'GBP', ['ليلى المصري', 'layla.almasri'], ['يوسف المصري', 'yusuf.almasri']),
  family('כהן', 'USD', ['נועם כהן', 'noam.cohen']),
  family('शर्मा', 'GBP', ['अनन्या शर्मा', 'ananya.sharma']),
  family('Nguyễn', 'GBP', ['Nguyễn Minh Anh', 'minhanh.nguyen', 'consumer']),
  family('김', 'GBP', ['김서연', 'seoyeon.kim'], ['김민준', 'minjun.kim']),
  family('O’Neill', 'EUR', ['Aoife O’Neill', 'aoife.oneill'], ['Cian O’Neill', 'cian.oneill']),
  family('Jones', 'GBP', ['Mia Jones', 'mia.jones', 'shared'], ['Tom Jones', 'tom.jones', 'shared']),
  family('García', 'EUR', ['Sofía García López', 'sofia.garcia']),
  family('Dubois', 'EUR', ['Zoé Dubois', 'zoe.dubois', 'guest']),
  family('Kowalska', 'GBP', ['Zofia Kowalska', 'zofia.kowalska']),
  family('Lindqvist', 'GBP', ['Åsa Lindqvist', 'asa.lindqvist', 'consumer'], ['Björn Lindqvist', 'bjorn.lindqvist']),
  family('Yılmaz', 'GBP', ['Elif Yılmaz', 'elif.yilmaz']),
  family('Lee', 'USD', ['Sam Lee', 'sam.lee', 'guest']),
  family('Brown', 'GBP', ['Grace Brown', 'grace.brown']),
];

function family(
  name: string,
  currency: FamilySketch['currency'],
  ...students: readonly (readonly [name: string, slug: string, entry?: Entry])[]
): FamilySketch {
  return {
    name,
    currency,
    students: students.map(([student, slug, entry = 'directory']) => ({ name: student, slug, entry })),
  };
}
