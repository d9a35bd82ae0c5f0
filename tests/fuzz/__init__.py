"""Properties that hold for whatever comes in: inventories, policies, snapshots and raw bytes."""
