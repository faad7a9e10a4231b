CREATE INDEX `other_calls_end` ON `other_calls` (`end_at`);--> statement-breakpoint
CREATE INDEX `classes_series` ON `classes` (`series_id`);--> statement-breakpoint
CREATE INDEX `decisions_linked_calls` ON `decisions` (`class_id`) WHERE kind = 'link_call' and undone_at is null;--> statement-breakpoint
CREATE INDEX `identities_review_item` ON `identities` (`review_item_id`);--> statement-breakpoint
CREATE INDEX `ignored_review_item` ON `ignored` (`review_item_id`);--> statement-breakpoint
CREATE INDEX `review_items_job` ON `review_items` (`job_id`);--> statement-breakpoint
CREATE INDEX `directory_users_email` ON `directory_users` (`email`);--> statement-breakpoint
CREATE INDEX `participants_typed_name` ON `participants` (`display_name`) WHERE user_id is null;--> statement-breakpoint
CREATE INDEX `attendance_logs_session` ON `attendance_logs` (`session_id`);--> statement-breakpoint
CREATE INDEX `audit_log_subject` ON `audit_log` (`subject`);