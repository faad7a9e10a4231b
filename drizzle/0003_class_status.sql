PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_classes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`subject` text NOT NULL,
	`room_id` integer NOT NULL,
	`organizer_email` text NOT NULL,
	`series_id` text,
	`start_at` integer NOT NULL,
	`end_at` integer NOT NULL,
	`notice_start_at` integer,
	`canceled_at` integer,
	`canceled_by` text,
	`cancel_reason` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`room_id`) REFERENCES `rooms`(`id`) ON UPDATE no action ON DELETE restrict,
	CONSTRAINT "classes_slot" CHECK("__new_classes"."start_at" < "__new_classes"."end_at")
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_classes`("id", "subject", "room_id", "organizer_email", "series_id", "start_at", "end_at", "notice_start_at", "canceled_at", "canceled_by", "cancel_reason", "created_at", "updated_at") SELECT "id", "subject", "room_id", "organizer_email", "series_id", "start_at", "end_at", "notice_start_at", "canceled_at", "canceled_by", "cancel_reason", "created_at", "updated_at" FROM `classes`;--> statement-breakpoint
DROP TABLE `classes`;--> statement-breakpoint
ALTER TABLE `__new_classes` RENAME TO `classes`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `classes_room_start` ON `classes` (`room_id`,`start_at`);--> statement-breakpoint
CREATE INDEX `classes_start` ON `classes` (`start_at`);