"""The graduation radar (毕业预警): who falls short of what is demanded, by how much, in what."""
