"""From the files a person names to submissions in the archive, the lake and the register."""
