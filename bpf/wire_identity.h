/* Who a process of a server is, and as whom it works: what its own memory says. */
#ifndef PGREC_BPF_WIRE_IDENTITY_H
#define PGREC_BPF_WIRE_IDENTITY_H

#include "wire_kind.h"

enum wire_identity_sizes {
	WIRE_IDENTIFIER_BYTES = 64, /* NAMEDATALEN: of a role or a database, with the closing NUL */
	WIRE_WORKER_BYTES = 96,	    /* BGW_MAXLEN: of a background worker, with the closing NUL */
	WIRE_TITLE_BYTES = 384,	    /* of a title, with the closing NUL */
};

/* Follows in a WIRE_USERS. Roles by their OIDs; 0: not known. */
struct wire_users {
	__u32 session_user; /* who SET SESSION AUTHORIZATION, or else the login, says */
	__u32 user;	    /* who SET ROLE says, or else the session user */
};
PGREC_ASSERT(sizeof(struct wire_users) == 8);

/* Follows in a WIRE_ROLE: the name of a role that the process is about to take. */
struct wire_role {
	__u32 role; /* its OID */
	char name[WIRE_IDENTIFIER_BYTES];
};
PGREC_ASSERT(sizeof(struct wire_role) == 4 + WIRE_IDENTIFIER_BYTES);

/* Follows in a WIRE_IDENTITY. 0, or an empty text: not known, or it has none. */
struct wire_identity {
	__u32 major;	    /* version of the server; 0: its numbers are not known */
	__u32 backend_type; /* BackendType of the server's miscadmin.h */
	__u32 database;	    /* OID */
	__u32 login;	    /* OID of the role that logged in */
	struct wire_users users;
	__u32 has_client;
	char user_name[WIRE_IDENTIFIER_BYTES];	   /* of a client: as it logged in … */
	char database_name[WIRE_IDENTIFIER_BYTES]; /* … and where */
	char application[WIRE_IDENTIFIER_BYTES];   /* application_name */
	char worker_name[WIRE_WORKER_BYTES];	   /* of a background worker: bgw_name … */
	char worker_type[WIRE_WORKER_BYTES];	   /* … and bgw_type */
	char title[WIRE_TITLE_BYTES];		   /* in the process list */
};
PGREC_ASSERT(sizeof(struct wire_identity) ==
	     28 + 3 * WIRE_IDENTIFIER_BYTES + 2 * WIRE_WORKER_BYTES + WIRE_TITLE_BYTES);

#endif
