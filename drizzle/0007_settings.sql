CREATE TABLE `settings_versions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`valid_from` text,
	`effective_at` integer,
	`changes` text NOT NULL,
	`actor` text NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
ALTER TABLE `period_closes` ADD `starts_at` integer;--> statement-breakpoint
ALTER TABLE `period_closes` ADD `ends_at` integer;--> statement-breakpoint
ALTER TABLE `period_closes` ADD `settings_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `period_closes` ADD `wording` integer DEFAULT 1 NOT NULL;