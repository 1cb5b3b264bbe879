/* A server: the functions that tell of its queries, and where it keeps what pgrec reads. */
#ifndef PGREC_BPF_WIRE_SERVER_H
#define PGREC_BPF_WIRE_SERVER_H

#include "wire_kind.h"

/* The query hooks, each on a function of the server. */
enum wire_hook {
	WIRE_ON_ACTIVITY = 0,	      /* pgstat_report_activity */
	WIRE_ON_RUN = 1,	      /* PortalRun */
	WIRE_ON_COMPLETION = 2,	      /* EndCommand */
	WIRE_ON_REPLICATION_DONE = 3, /* EndReplicationCommand */
	WIRE_ON_ERROR = 4,	      /* EmitErrorReport */
	WIRE_ON_TITLE = 5,	      /* init_ps_display */
	WIRE_ON_APPLICATION = 6,      /* pgstat_report_appname */
	WIRE_ON_ROLE = 7,	      /* assign_role */
	WIRE_ON_SESSION_USER = 8,     /* assign_session_authorization */
	WIRE_ON_REPLICATION = 9,      /* exec_replication_command */
	WIRE_ON_WORKER = 10,  /* BecomeLockGroupMember; only where some processes are wanted */
	WIRE_ON_RUN_END = 11, /* the return of PortalRun; only where not all callers of EndCommand
				 can be seen to call it */
	WIRE_HOOKS = 12,
};

/* How those reports of EmitErrorReport are known that end what the process was doing. */
enum wire_errors {
	WIRE_ERRORS_BY_LEVEL = 1,  /* by the level of the error */
	WIRE_ERRORS_BY_CALLER = 2, /* none returns to one of `notices`; a FATAL error's does, too */
};

/* EXPLAIN, SHOW and CALL. */
enum wire_uncounted { WIRE_UNCOUNTED = 3 };

/* A process that parallel workers may work for, as it is numbered where it runs. */
struct wire_leader {
	__u32 pid;
	__u32 pidns; /* of its pid namespace */
};
PGREC_ASSERT(sizeof(struct wire_leader) == 8);

/*
 * What the programs of the query hooks have to know of the server. Addresses are virtual, as the
 * file has them; where a process has them follows from where the hook fires. 0: not known.
 */
struct wire_server {
	__u64 hooks[WIRE_HOOKS];
	__u64 client;	      /* MyProcPort */
	__u64 buffer_usage;   /* pgBufferUsage */
	__u64 wal_usage;      /* pgWalUsage */
	__u64 error_depth;    /* errordata_stack_depth */
	__u64 sqlstates;      /* the SQLSTATE of the first of errordata */
	__u64 error_levels;   /* its level; known where least_error is */
	__u64 notices[2];     /* where reports return to that may end nothing */
	__u32 error_bytes;    /* of one of errordata */
	__u32 errors;	      /* enum wire_errors; 0: they are not told apart */
	__u32 least_error;    /* ERROR of elog.h */
	__u32 fastpath;	      /* STATE_FASTPATH of BackendState; … */
	__u32 in_transaction; /* … and STATE_IDLEINTRANSACTION */
	__u32 statements_at;  /* in a PortalData */
	/* Of CommandTag: those whose rows, which they return, the server does not count. */
	__u32 uncounted[WIRE_UNCOUNTED];
	__u32 major; /* version; 0: its numbers are not known */
	/* Of who a process is. */
	__u64 backend_type; /* MyBackendType */
	__u64 database;	    /* MyDatabaseId */
	__u64 worker;	    /* MyBgworkerEntry */
	__u64 login;	    /* AuthenticatedUserId */
	__u64 session_user; /* SessionUserId */
	__u64 user;	    /* OuterUserId */
	__u64 application;  /* application_name */
	__u32 user_name_at; /* in a Port */
	__u32 database_name_at;
	__u32 idle_unseen;	  /* it does not report idle by WIRE_ON_ACTIVITY */
	__u32 application_unseen; /* nor changes of the application by WIRE_ON_APPLICATION */
};
PGREC_ASSERT(sizeof(struct wire_server) ==
	     8 * (WIRE_HOOKS + 8) + 24 + 4 * (WIRE_UNCOUNTED + 1) + 8 * 7 + 16);

/* How many servers' files are told apart: the first, and those that replace it while it is
 * recorded. */
enum wire_servers { WIRE_SERVERS = 64 };

#endif
