"""What a question means before anything is searched: made to stand alone, filtered, taken apart."""
