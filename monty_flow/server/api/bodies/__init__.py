"""The bodies of requests and answers: records of the engine as JSON, described for the OpenAPI document; one file a group."""
