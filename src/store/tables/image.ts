import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** One image, whose files are below the data folder. It is there as long as somebody uses it. */
export interface ImageTable {
  /** Follows from its content: 32 hexadecimal digits. */
  id: string;
  /** Of its largest form. */
  width: number;
  height: number;
  /** Of all its forms together. */
  bytes: number;
  created: number;
}

/** Whose an image is, and for what. */
export interface ImageUseTable {
  image: string;
  owner: string;
  /** `upload`: in no post yet; `post`; `avatar`. */
  kind: string;
  /** The number of the post; 0: none. */
  post: number;
  at: number;
}

/** The tables of images. */
export interface ImageTables {
  image: ImageTable;
  image_use: ImageUseTable;
}

/** What creates them, and the places where images are shown. */
export const imageSteps: Record<string, Migration> = {
  '0082-image': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('image')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('width', 'integer', (c) => c.notNull())
        .addColumn('height', 'integer', (c) => c.notNull())
        .addColumn('bytes', 'bigint', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('image_use')
        .addColumn('image', 'text', (c) => c.notNull().references('image.id'))
        .addColumn('owner', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'))
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('post', 'bigint', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('image_use_key', ['image', 'owner', 'kind', 'post'])
        .execute();
      await db.schema.createIndex('image_use_owner').on('image_use').column('owner').execute();
      await db.schema.createIndex('image_use_post').on('image_use').column('post').execute();
      await db.schema.createIndex('image_use_kind_at').on('image_use').columns(['kind', 'at']).execute();
      await db.schema.alterTable('social_profile').addColumn('avatar', 'text').execute();
      await db.schema.alterTable('social_post').addColumn('images', 'text').execute();
      await db.schema.alterTable('social_edit').addColumn('images', 'text').execute();
    },
  },
};
