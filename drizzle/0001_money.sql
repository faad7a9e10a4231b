CREATE TABLE `adjustments` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`adjustment_id` text NOT NULL,
	`line_id` text NOT NULL,
	`corrects` text NOT NULL,
	`state` text NOT NULL,
	`posted_in` text,
	`adjustment` text NOT NULL,
	`content_hash` text NOT NULL,
	`actor` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT "adjustments_state" CHECK("adjustments"."state" in ('accepted', 'rejected')),
	CONSTRAINT "adjustments_posted" CHECK(("adjustments"."state" = 'accepted') = ("adjustments"."posted_in" is not null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `adjustments_accepted` ON `adjustments` (`adjustment_id`) WHERE state = 'accepted';--> statement-breakpoint
CREATE INDEX `adjustments_line` ON `adjustments` (`line_id`);--> statement-breakpoint
CREATE INDEX `adjustments_posted_in` ON `adjustments` (`posted_in`);--> statement-breakpoint
CREATE INDEX `adjustments_corrects` ON `adjustments` (`corrects`);--> statement-breakpoint
CREATE TABLE `closed_lines` (
	`close_id` integer NOT NULL,
	`line_id` text NOT NULL,
	`position` integer NOT NULL,
	`line` text NOT NULL,
	PRIMARY KEY(`close_id`, `line_id`),
	FOREIGN KEY (`close_id`) REFERENCES `period_closes`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `closed_lines_position` ON `closed_lines` (`close_id`,`position`);--> statement-breakpoint
CREATE INDEX `closed_lines_line` ON `closed_lines` (`line_id`);--> statement-breakpoint
CREATE TABLE `disputes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`line_id` text NOT NULL,
	`period` text NOT NULL,
	`person_id` integer NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL,
	`closed_at` integer,
	`closed_by` text,
	`outcome` text,
	`close_reason` text,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `disputes_open` ON `disputes` (`line_id`) WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX `disputes_period` ON `disputes` (`period`);--> statement-breakpoint
CREATE TABLE `enrolments` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`person_id` integer NOT NULL,
	`series_id` text,
	`subject` text,
	`from_day` text NOT NULL,
	`to_day` text,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "enrolments_what" CHECK(("enrolments"."series_id" is null) <> ("enrolments"."subject" is null)),
	CONSTRAINT "enrolments_days" CHECK("enrolments"."to_day" is null or "enrolments"."from_day" <= "enrolments"."to_day")
) STRICT;
--> statement-breakpoint
CREATE INDEX `enrolments_person` ON `enrolments` (`person_id`);--> statement-breakpoint
CREATE TABLE `period_acceptances` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`period` text NOT NULL,
	`person_id` integer NOT NULL,
	`pay_hash` text NOT NULL,
	`accepted_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE INDEX `period_acceptances_period` ON `period_acceptances` (`period`,`person_id`);--> statement-breakpoint
CREATE TABLE `period_closes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`period` text NOT NULL,
	`version` integer NOT NULL,
	`first_day` text NOT NULL,
	`last_day` text NOT NULL,
	`zone` text NOT NULL,
	`document` text NOT NULL,
	`document_id` text NOT NULL,
	`lines_hash` text NOT NULL,
	`exceptions` text NOT NULL,
	`carries` text NOT NULL,
	`audit_head` text NOT NULL,
	`audit_count` integer NOT NULL,
	`reason` text,
	`closed_at` integer NOT NULL,
	`closed_by` text NOT NULL,
	`reopened_at` integer,
	`reopened_by` text,
	`reopen_reason` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `period_closes_version` ON `period_closes` (`period`,`version`);--> statement-breakpoint
CREATE UNIQUE INDEX `period_closes_standing` ON `period_closes` (`period`) WHERE reopened_at is null;--> statement-breakpoint
CREATE INDEX `period_closes_days` ON `period_closes` (`first_day`,`last_day`);--> statement-breakpoint
CREATE TABLE `policy_versions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`valid_from` text NOT NULL,
	`policy` text NOT NULL,
	`actor` text NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `rates` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`unit` text NOT NULL,
	`valid_from` text NOT NULL,
	`valid_to` text,
	`class_id` integer,
	`student_id` integer,
	`teacher_id` integer,
	`subject` text,
	`series_id` text,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`class_id`) REFERENCES `classes`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`student_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`teacher_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "rates_kind" CHECK("rates"."kind" in ('charge', 'pay')),
	CONSTRAINT "rates_unit" CHECK("rates"."unit" in ('hour', 'lesson')),
	CONSTRAINT "rates_amount" CHECK("rates"."amount_minor" >= 0),
	CONSTRAINT "rates_days" CHECK("rates"."valid_to" is null or "rates"."valid_from" <= "rates"."valid_to")
) STRICT;
