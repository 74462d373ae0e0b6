"""The pages that guests reach without a key: where a link of an invitation leads, or one in the hotel."""
