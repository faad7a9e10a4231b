CREATE TABLE `api_tokens` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`label` text NOT NULL,
	`role` text NOT NULL,
	`person_id` integer,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_hash_unique` ON `api_tokens` (`hash`);--> statement-breakpoint
CREATE TABLE `attendance_logs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session_id` integer NOT NULL,
	`person_id` integer,
	`participant` text,
	`role` text NOT NULL,
	`display_name` text,
	`status` text NOT NULL,
	`provisional` integer NOT NULL,
	`join_at` integer,
	`leave_at` integer,
	`duration_ms` integer NOT NULL,
	`intervals` text NOT NULL,
	`identity_method` text,
	`identity_confidence` text,
	`devices` integer NOT NULL,
	`evidence` text NOT NULL,
	`flags` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`participant`) REFERENCES `participants`(`name`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "attendance_logs_who" CHECK(("attendance_logs"."person_id" is null) <> ("attendance_logs"."participant" is null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `attendance_logs_person` ON `attendance_logs` (`session_id`,`person_id`) WHERE person_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `attendance_logs_participant` ON `attendance_logs` (`session_id`,`participant`) WHERE person_id is null;--> statement-breakpoint
CREATE INDEX `attendance_logs_person_id` ON `attendance_logs` (`person_id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`before` text,
	`after` text,
	`reason` text,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `class_people` (
	`class_id` integer NOT NULL,
	`person_id` integer NOT NULL,
	`role` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`class_id`, `person_id`),
	FOREIGN KEY (`class_id`) REFERENCES `classes`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "class_people_role" CHECK("class_people"."role" in ('teacher', 'student'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `class_people_person` ON `class_people` (`person_id`);--> statement-breakpoint
CREATE TABLE `classes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`subject` text NOT NULL,
	`room_id` integer NOT NULL,
	`organizer_email` text NOT NULL,
	`series_id` text,
	`start_at` integer NOT NULL,
	`end_at` integer NOT NULL,
	`notice_start_at` integer,
	`status` text NOT NULL,
	`canceled_at` integer,
	`canceled_by` text,
	`cancel_reason` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`room_id`) REFERENCES `rooms`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "classes_slot" CHECK("classes"."start_at" < "classes"."end_at"),
	CONSTRAINT "classes_status" CHECK("classes"."status" in ('scheduled', 'active', 'completed', 'canceled'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `classes_room_start` ON `classes` (`room_id`,`start_at`);--> statement-breakpoint
CREATE INDEX `classes_start` ON `classes` (`start_at`);--> statement-breakpoint
CREATE INDEX `classes_status_end` ON `classes` (`status`,`end_at`);--> statement-breakpoint
CREATE TABLE `conference_records` (
	`name` text PRIMARY KEY NOT NULL,
	`space` text NOT NULL,
	`start_at` integer NOT NULL,
	`start_text` text NOT NULL,
	`end_at` integer,
	`end_text` text,
	`expire_at` integer,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`missing_since_at` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `conference_records_space_start` ON `conference_records` (`space`,`start_at`);--> statement-breakpoint
CREATE TABLE `decisions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`class_id` integer,
	`person_id` integer,
	`payload` text NOT NULL,
	`actor` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL,
	`undone_at` integer,
	`undone_by` text,
	`undo_reason` text,
	FOREIGN KEY (`class_id`) REFERENCES `classes`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE INDEX `decisions_class` ON `decisions` (`class_id`);--> statement-breakpoint
CREATE TABLE `directory_users` (
	`user_id` text PRIMARY KEY NOT NULL,
	`email` text,
	`name` text,
	`fetched_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `evidence_changes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`resource` text NOT NULL,
	`field` text NOT NULL,
	`old_value` text,
	`new_value` text,
	`read_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `evidence_changes_resource` ON `evidence_changes` (`resource`);--> statement-breakpoint
CREATE TABLE `families` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`currency` text NOT NULL,
	`billing_email` text,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `family_members` (
	`person_id` integer PRIMARY KEY NOT NULL,
	`family_id` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`family_id`) REFERENCES `families`(`id`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE TABLE `identities` (
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
	CONSTRAINT "identities_kind" CHECK("identities"."kind" in ('account', 'name', 'phone', 'participant')),
	CONSTRAINT "identities_verdict" CHECK("identities"."verdict" in ('is', 'is_not')),
	CONSTRAINT "identities_scope" CHECK("identities"."scope" in ('class', 'series', 'everywhere'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `identities_value` ON `identities` (`value`);--> statement-breakpoint
CREATE TABLE `ignored` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`review_item_id` integer,
	`actor` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL,
	`undone_at` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`payload` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`max_attempts` integer NOT NULL,
	`run_at` integer NOT NULL,
	`lease_until` integer,
	`progress_done` integer DEFAULT 0 NOT NULL,
	`progress_total` integer DEFAULT 0 NOT NULL,
	`result` text,
	`last_error` text,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	CONSTRAINT "jobs_state" CHECK("jobs"."state" in ('queued', 'running', 'done', 'failed'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `jobs_state_run` ON `jobs` (`state`,`run_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_open_key` ON `jobs` (`kind`,`key`) WHERE state in ('queued', 'running');--> statement-breakpoint
CREATE TABLE `loop_passes` (
	`name` text PRIMARY KEY NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`succeeded_at` integer,
	`summary` text,
	`error` text
) STRICT;
--> statement-breakpoint
CREATE TABLE `participant_sessions` (
	`name` text PRIMARY KEY NOT NULL,
	`participant` text NOT NULL,
	`start_at` integer NOT NULL,
	`start_text` text NOT NULL,
	`end_at` integer,
	`end_text` text,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`missing_since_at` integer,
	FOREIGN KEY (`participant`) REFERENCES `participants`(`name`) ON UPDATE no action ON DELETE restrict
) STRICT;
--> statement-breakpoint
CREATE INDEX `participant_sessions_participant` ON `participant_sessions` (`participant`);--> statement-breakpoint
CREATE TABLE `participants` (
	`name` text PRIMARY KEY NOT NULL,
	`record` text NOT NULL,
	`kind` text NOT NULL,
	`user_id` text,
	`display_name` text NOT NULL,
	`earliest_at` integer NOT NULL,
	`latest_at` integer,
	`sessions_read_at` integer,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`missing_since_at` integer,
	FOREIGN KEY (`record`) REFERENCES `conference_records`(`name`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "participants_kind" CHECK("participants"."kind" in ('signedin', 'anonymous', 'phone'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `participants_record` ON `participants` (`record`);--> statement-breakpoint
CREATE INDEX `participants_user` ON `participants` (`user_id`);--> statement-breakpoint
CREATE TABLE `people` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`email` text NOT NULL,
	`name` text,
	`role` text NOT NULL,
	`google_user_id` text,
	`created_at` integer NOT NULL,
	CONSTRAINT "people_role" CHECK("people"."role" in ('teacher', 'student', 'admin', 'other'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `people_email_unique` ON `people` (`email`);--> statement-breakpoint
CREATE INDEX `people_google_user_id` ON `people` (`google_user_id`);--> statement-breakpoint
CREATE TABLE `quota_usage` (
	`user` text NOT NULL,
	`at` integer NOT NULL,
	`calls` integer NOT NULL,
	PRIMARY KEY(`user`, `at`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `review_items` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session_id` integer NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`user_id` text,
	`display_name` text NOT NULL,
	`participants` text NOT NULL,
	`present_ms` integer NOT NULL,
	`suggested_person_id` integer,
	`suggestion_reason` text,
	`state` text NOT NULL,
	`decided_at` integer,
	`decided_by` text,
	`decision_reason` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE restrict,
	FOREIGN KEY (`suggested_person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "review_items_state_value" CHECK("review_items"."state" in ('open', 'accepted', 'refused', 'ignored', 'gone'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `review_items_key` ON `review_items` (`session_id`,`key`);--> statement-breakpoint
CREATE INDEX `review_items_state` ON `review_items` (`state`);--> statement-breakpoint
CREATE TABLE `rooms` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`meeting_code` text,
	`space` text,
	`meet_link` text,
	`owner_email` text,
	`changed_to_space` text,
	`retired_at` integer,
	`checked_at` integer,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `rooms_space` ON `rooms` (`space`);--> statement-breakpoint
CREATE UNIQUE INDEX `rooms_code` ON `rooms` (`meeting_code`) WHERE retired_at is null;--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`class_id` integer NOT NULL,
	`coverage` text NOT NULL,
	`last_read_at` integer,
	`over_seen_at` integer,
	`final_read_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`last_error` text,
	`alarmed_at` integer,
	`flags` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`class_id`) REFERENCES `classes`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "sessions_coverage_value" CHECK("sessions"."coverage" in ('pending', 'live', 'settling', 'complete', 'empty', 'partial', 'no_access', 'expired'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_classId_unique` ON `sessions` (`class_id`);--> statement-breakpoint
CREATE INDEX `sessions_coverage` ON `sessions` (`coverage`,`next_attempt_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
