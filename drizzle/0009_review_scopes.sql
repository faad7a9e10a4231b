PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_identities` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`person_id` integer NOT NULL,
	`verdict` text NOT NULL,
	`scope` text NOT NULL,
	`class_id` integer,
	`series_id` text,
	`review_item_id` integer,
	`actor` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL,
	`undone_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`class_id`) REFERENCES `classes`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "identities_kind" CHECK("__new_identities"."kind" in ('account', 'name', 'phone', 'participant')),
	CONSTRAINT "identities_verdict" CHECK("__new_identities"."verdict" in ('is', 'is_not')),
	CONSTRAINT "identities_scope" CHECK("__new_identities"."scope" in ('call', 'class', 'series', 'everywhere'))
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_identities`("id", "kind", "value", "person_id", "verdict", "scope", "class_id", "series_id", "review_item_id", "actor", "reason", "created_at", "undone_at") SELECT "id", "kind", "value", "person_id", "verdict", "scope", "class_id", "series_id", "review_item_id", "actor", "reason", "created_at", "undone_at" FROM `identities`;--> statement-breakpoint
DROP TABLE `identities`;--> statement-breakpoint
ALTER TABLE `__new_identities` RENAME TO `identities`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `identities_value` ON `identities` (`value`);--> statement-breakpoint
CREATE TABLE `__new_ignored` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`scope` text DEFAULT 'everywhere' NOT NULL,
	`class_id` integer,
	`series_id` text,
	`review_item_id` integer,
	`actor` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL,
	`undone_at` integer,
	FOREIGN KEY (`class_id`) REFERENCES `classes`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "ignored_kind" CHECK("__new_ignored"."kind" in ('account', 'name', 'participant')),
	CONSTRAINT "ignored_scope" CHECK("__new_ignored"."scope" in ('call', 'class', 'series', 'everywhere'))
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_ignored`("id", "kind", "value", "scope", "class_id", "series_id", "review_item_id", "actor", "reason", "created_at", "undone_at") SELECT "id", "kind", "value", 'everywhere', NULL, NULL, "review_item_id", "actor", "reason", "created_at", "undone_at" FROM `ignored`;--> statement-breakpoint
DROP TABLE `ignored`;--> statement-breakpoint
ALTER TABLE `__new_ignored` RENAME TO `ignored`;--> statement-breakpoint
CREATE INDEX `ignored_value` ON `ignored` (`value`);--> statement-breakpoint
ALTER TABLE `review_items` ADD `known_person_id` integer REFERENCES people(id);--> statement-breakpoint
ALTER TABLE `review_items` ADD `job_id` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `undone_at` integer;--> statement-breakpoint
-- Where somebody was not expected, was named in a review or waits for a name, the logs and the review queue follow by other rules from now on.
INSERT OR IGNORE INTO `rebuilds` (`class_id`) SELECT `class_id` FROM `sessions` WHERE `id` IN (SELECT `session_id` FROM `review_items`) OR `id` IN (SELECT `session_id` FROM `attendance_logs` WHERE (`person_id` IS NOT NULL AND `role` IN ('guest', 'observer')) OR `identity_method` = 'alias');
