/*
 * What a command asks for. Numbers are the writer's own; none is kept.
 */
#ifndef DAEMON_COMMAND_KIND_H
#define DAEMON_COMMAND_KIND_H

enum command_kind {
	COMMAND_INSTITUTION_ADD = 1,
	COMMAND_PRACTITIONER_ADD,
	COMMAND_REGISTRATION_JOIN,
	COMMAND_REGISTRATION_LEAVE,
	COMMAND_REREGISTER,
	COMMAND_PENALTY_RECORD,
	COMMAND_PENALTY_OVERTURN,
	COMMAND_POINTS_RECORD,
	COMMAND_POINTS_ANNUL,
	COMMAND_POINTS_CORRECT,
	COMMAND_FOREIGN_SET,
	COMMAND_FOREIGN_END,
	COMMAND_INSTITUTION_NOTE,
	COMMAND_RULES_LOAD,
	COMMAND_ALIAS,
	COMMAND_PROPOSAL,  /* denied, or approved when there is none: nothing else is in it */
	COMMAND_PROCEDURE, /* which step of it: enum procedure_step */
};

enum procedure_step {
	PROCEDURE_NOTICE = 1,
	PROCEDURE_OBJECTION_FILE,
	PROCEDURE_OBJECTION_EXPLAIN,
	PROCEDURE_REVIEW,
	PROCEDURE_STAY,
	PROCEDURE_RESUME,
	PROCEDURE_REPAIR_REQUEST,
	PROCEDURE_REPAIR_APPROVE,
	PROCEDURE_REPAIR_DENY,
};

/* What becomes of the command where two persons are at work. */
enum second_step {
	SECOND_NONE,	/* written directly */
	SECOND_PROPOSE, /* decided, and only proposed */
	SECOND_APPROVE, /* as another person proposed it */
	SECOND_DENY,
};

#endif
